package dev.retouch.server.answer;

import java.io.IOException;

/**
 * Reads one answer from its wire format into parts. A payload in flight is read before the next part; what is left of it then is
 * skipped. One reader per wire; nothing behind a reader knows which wire it was.
 */
@FunctionalInterface
public interface AnswerReader {

    /**
     * The next part; the last one is an {@link AnswerEnd}, and it is not called again after that.
     *
     * @throws MalformedAnswerException if the response is not in the wire format, or ends before its end
     * @throws IOException if the response cannot be read
     */
    AnswerPart next() throws IOException;
}
