package dev.retouch.server.upstream;

import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A successful answer whose body is still coming.
 *
 * @param streamed whether the body is a stream of events instead of one JSON document
 * @param length how many bytes the body has, if the upstream said so
 * @param requestId the upstream's own id of it, if it told one
 * @param body the body, to be read once
 */
public record UpstreamAnswer(boolean streamed, OptionalLong length, Optional<String> requestId,
        InputStream body) implements AutoCloseable {

    /** Ends the exchange with the upstream; what was not read is not waited for. */
    @Override
    public void close() throws IOException {
        body.close();
    }
}
