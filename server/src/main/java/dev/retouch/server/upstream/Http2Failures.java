package dev.retouch.server.upstream;

import org.eclipse.jetty.http2.ErrorCode;
import org.eclipse.jetty.http2.RetryableStreamException;

/**
 * Recognizes HTTP/2 failures that prove that the upstream did not process the request (RFC 9113, 8.7): a stream reset with
 * {@code REFUSED_STREAM}, and a {@code GOAWAY} whose last stream id is below that of the request.
 */
final class Http2Failures {

    /** Jetty's client has no specific exception for a reset; its message is the name of the error code. */
    private static final String REFUSED_STREAM = ErrorCode.toString(ErrorCode.REFUSED_STREAM_ERROR.code, "");

    private Http2Failures() {}

    /** Whether the upstream refused the stream of the request. */
    static boolean isRefusedStream(Throwable failure) {
        return REFUSED_STREAM.equals(failure.getMessage());
    }

    /** Whether the upstream closed the connection before it processed the stream of the request. */
    static boolean isUnprocessedStream(Throwable failure) {
        return failure instanceof RetryableStreamException || failure.getCause() instanceof RetryableStreamException;
    }
}
