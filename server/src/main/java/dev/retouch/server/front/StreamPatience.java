package dev.retouch.server.front;

import org.eclipse.jetty.http2.HTTP2Connection;
import org.eclipse.jetty.http2.api.Stream;
import org.eclipse.jetty.server.Request;
import org.jspecify.annotations.Nullable;

/**
 * For how long an HTTP/2 stream may be silent. The limit is for a client that stops sending or reading; while the gateway itself
 * is at work there is none, because Jetty resets a stream that was silent for the second time. On HTTP/1.1 nothing has to be done:
 * there the limit only ends what waits for the client.
 */
final class StreamPatience {

    private final @Nullable Stream stream;
    private final long limitMillis;

    StreamPatience(Request request) {
        stream = request.getConnectionMetaData().getConnection() instanceof HTTP2Connection connection
                ? connection.getSession().getStream(Integer.parseInt(request.getId()))
                : null;
        limitMillis = stream == null ? 0 : stream.getIdleTimeout();
    }

    /** The gateway is at work: the client need not do anything. */
    void unlimited() {
        set(0);
    }

    /** The client is waited for. */
    void limited() {
        set(limitMillis);
    }

    private void set(long millis) {
        if (stream != null) {
            stream.setIdleTimeout(millis);
        }
    }
}
