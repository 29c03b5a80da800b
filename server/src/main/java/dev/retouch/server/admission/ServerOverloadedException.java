package dev.retouch.server.admission;

import java.time.Duration;

/** Thrown if this instance is at capacity, independent of key and group. */
public final class ServerOverloadedException extends AdmissionRejectedException {

    private static final long serialVersionUID = 1L;

    /**
     * Creates the exception.
     *
     * @param retryAfter when the client should try again
     */
    public ServerOverloadedException(Duration retryAfter) {
        super("the server is at capacity", retryAfter);
    }
}
