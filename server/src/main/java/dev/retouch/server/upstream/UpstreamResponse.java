package dev.retouch.server.upstream;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

import dev.retouch.server.answer.AnswerFormat;
import dev.retouch.server.answer.RefusalPolicy;

/**
 * A successful response whose body is not read yet.
 *
 * @param streamed whether the upstream announced a stream of events instead of one document
 * @param format how the body is read
 * @param refusals what reasons in the body mean, and which of their words a client may see
 * @param requestId the upstream's own id of the request, if it named one
 * @param body the body, to be read once
 * @param notes how the edit that was sent differs from what was requested
 * @param expiringLinks whether links in it expire, so that the gateway has to fetch the images
 */
public record UpstreamResponse(boolean streamed, AnswerFormat format, RefusalPolicy refusals,
        Optional<String> requestId, InputStream body, Notes notes, boolean expiringLinks) implements AutoCloseable {

    /**
     * How the edit that was sent differs from what was requested.
     *
     * @param warnings the differences in words
     * @param dropped the parameters that were not sent
     */
    public record Notes(List<String> warnings, List<String> dropped) {

        /** No difference. */
        public static final Notes NONE = new Notes(List.of(), List.of());

        /** Copies the lists. */
        public Notes {
            warnings = List.copyOf(warnings);
            dropped = List.copyOf(dropped);
        }

        /** These notes, followed by others. */
        public Notes and(Notes others) {
            return new Notes(Stream.concat(warnings.stream(), others.warnings.stream()).distinct().toList(),
                    Stream.concat(dropped.stream(), others.dropped.stream()).distinct().toList());
        }
    }

    /** The same response with another body, which replaces the present body. */
    UpstreamResponse withBody(InputStream other) {
        return new UpstreamResponse(streamed, format, refusals, requestId, other, notes, expiringLinks);
    }

    /** The same response with further notes. */
    UpstreamResponse withNotes(Notes others) {
        return new UpstreamResponse(streamed, format, refusals, requestId, body, notes.and(others), expiringLinks);
    }

    /** Ends the exchange with the upstream. A body that was not read to its end is aborted. */
    @Override
    public void close() throws IOException {
        body.close();
    }
}
