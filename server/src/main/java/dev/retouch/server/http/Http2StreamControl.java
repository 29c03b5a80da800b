package dev.retouch.server.http;

import org.eclipse.jetty.http2.ErrorCode;
import org.eclipse.jetty.http2.HTTP2Connection;
import org.eclipse.jetty.http2.api.Stream;
import org.eclipse.jetty.http2.frames.ResetFrame;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/**
 * Controls the HTTP/2 stream of a request, where Jetty's own behaviour does not fit. Does nothing for HTTP/1.1.
 *
 * <p>
 * The idle timeout applies to a client that stops sending or reading. It is disabled while the gateway works, because
 * Jetty resets a stream at its second timeout.
 */
final class Http2StreamControl {

    private final @Nullable Stream stream;
    private final long limitMillis;

    Http2StreamControl(Request request) {
        stream = request.getConnectionMetaData().getConnection() instanceof HTTP2Connection connection
                ? connection.getSession().getStream(Integer.parseInt(request.getId()))
                : null;
        limitMillis = stream == null ? 0 : stream.getIdleTimeout();
    }

    /** Disables the idle timeout while the gateway works. */
    void disableIdleTimeout() {
        set(0);
    }

    /** Restores the idle timeout while the gateway waits for the client. */
    void restoreIdleTimeout() {
        set(limitMillis);
    }

    /**
     * Ends the stream without an error after the response, although the client still sends. Jetty would cancel the
     * stream, and the client could discard the response.
     */
    void stopReceiving() {
        if (stream != null && !stream.isClosed()) {
            stream.reset(new ResetFrame(stream.getId(), ErrorCode.NO_ERROR.code), Callback.NOOP);
        }
    }

    /** Resets the stream, although its response is incomplete. Returns false for HTTP/1.1. */
    boolean cancel() {
        if (stream == null) {
            return false;
        }
        stream.reset(new ResetFrame(stream.getId(), ErrorCode.CANCEL_STREAM_ERROR.code), Callback.NOOP);
        return true;
    }

    private void set(long millis) {
        if (stream != null) {
            stream.setIdleTimeout(millis);
        }
    }
}
