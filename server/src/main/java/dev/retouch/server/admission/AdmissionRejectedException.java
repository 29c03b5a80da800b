package dev.retouch.server.admission;

import java.time.Duration;

/**
 * Thrown if an edit is not admitted now but can be later. Has no stack trace, because rejections are frequent under
 * load and are no malfunction.
 */
public abstract sealed class AdmissionRejectedException extends RuntimeException
        permits QueueFullException, RateLimitExceededException, ServerOverloadedException, SlotWaitTimeoutException {

    private static final long serialVersionUID = 1L;

    private final Duration retryAfter;

    public AdmissionRejectedException(String message, Duration retryAfter) {
        super(message, null, false, false);
        this.retryAfter = retryAfter;
    }

    /** Returns the time after which a retry can succeed. */
    public Duration retryAfter() {
        return retryAfter;
    }
}
