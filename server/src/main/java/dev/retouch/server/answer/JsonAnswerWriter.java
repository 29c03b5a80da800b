package dev.retouch.server.answer;

import java.io.IOException;
import java.io.OutputStream;
import java.time.InstantSource;

/** Writes a JSON document with images as base64, which passes through as it arrives. */
public final class JsonAnswerWriter implements AnswerWriter {

    private final InstantSource clock;

    /**
     * Writes documents.
     *
     * @param clock the time of an answer that names none
     */
    public JsonAnswerWriter(InstantSource clock) {
        this.clock = clock;
    }

    @Override
    public void write(AnswerReader parts, OutputStream out, CommitPoint commit) throws IOException {
        ImageHost none = () -> {
            throw new IllegalStateException("base64 needs no link");
        };
        new DocumentWriter(ImageForm.BASE64, none, clock, out).write(parts, commit);
    }
}
