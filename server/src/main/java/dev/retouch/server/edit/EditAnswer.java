package dev.retouch.server.edit;

import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Map;

/**
 * The answer to an edit, ready to be written.
 *
 * @param streamed whether it is a stream of events instead of one JSON document
 * @param headers what the caller is told beside it
 * @param body writes it
 */
public record EditAnswer(boolean streamed, Map<String, String> headers, Body body) {

    /** What may be told only after an answer, when nobody knew it before. */
    static final List<String> TRAILERS = List.of("x-retouch-cost", "x-retouch-warning");

    /** Writes the answer as it comes. */
    @FunctionalInterface
    public interface Body {
        /**
         * Writes everything and flushes where the caller should see something.
         *
         * @return what the caller is told after it, because nobody knew it before
         */
        Map<String, String> writeTo(OutputStream out) throws IOException;
    }
}
