package dev.retouch.server.upstream;

import java.io.IOException;
import java.io.InputStream;

/**
 * A successful answer whose body is still coming.
 *
 * @param streamed whether the body is a stream of events instead of one JSON document
 * @param body the body, to be read once
 */
public record UpstreamAnswer(boolean streamed, InputStream body) implements AutoCloseable {

    /** Ends the exchange with the upstream; what was not read is not waited for. */
    @Override
    public void close() throws IOException {
        body.close();
    }
}
