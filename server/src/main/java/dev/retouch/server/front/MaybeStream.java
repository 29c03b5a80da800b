package dev.retouch.server.front;

import org.eclipse.jetty.http2.ErrorCode;
import org.eclipse.jetty.http2.HTTP2Connection;
import org.eclipse.jetty.http2.api.Stream;
import org.eclipse.jetty.http2.frames.ResetFrame;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/**
 * The HTTP/2 stream of a request, where it has one, for what Jetty does not do as it should. On HTTP/1.1 nothing has to be done.
 *
 * <p>A stream may be silent for so long. The limit is for a client that stops sending or reading; while the gateway itself is at
 * work there is none, because Jetty resets a stream that was silent for the second time.
 */
final class MaybeStream {

    private final @Nullable Stream stream;
    private final long limitMillis;

    MaybeStream(Request request) {
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

    /**
     * The answer is out, and the rest of the body is not wanted. Said like this it is no failure; Jetty would cancel the stream, and
     * a client that still sends would take its answer for lost.
     */
    void enough() {
        if (stream != null && !stream.isClosed()) {
            stream.reset(new ResetFrame(stream.getId(), ErrorCode.NO_ERROR.code), Callback.NOOP);
        }
    }

    private void set(long millis) {
        if (stream != null) {
            stream.setIdleTimeout(millis);
        }
    }
}
