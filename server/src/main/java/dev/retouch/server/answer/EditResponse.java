package dev.retouch.server.answer;

import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Map;

/**
 * The response to an edit, ready to be written.
 *
 * @param streamed whether it is a stream of events instead of one JSON document
 * @param headers its headers
 * @param body writes it
 */
public record EditResponse(boolean streamed, Map<String, String> headers, Body body) {

    /** Headers that can be trailers, where their values are known only at the end. */
    static final List<String> TRAILERS = List.of("x-retouch-cost", "x-retouch-warning", EnforcedParts.HEADER);

    /** Writes the response while it arrives. */
    @FunctionalInterface
    public interface Body {
        /**
         * Writes everything, and flushes where the client should see something.
         *
         * @return the trailers
         */
        Map<String, String> writeTo(OutputStream out) throws IOException;
    }
}
