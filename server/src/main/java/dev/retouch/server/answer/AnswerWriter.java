package dev.retouch.server.answer;

import java.io.IOException;
import java.io.OutputStream;

/** Writes the parts of an answer in the form that the client asked for. */
@FunctionalInterface
public interface AnswerWriter {

    /**
     * Writes everything.
     *
     * @param commit called before the last bytes are written
     */
    void write(AnswerReader parts, OutputStream out, CommitPoint commit) throws IOException;
}
