package dev.retouch.server.admission;

import java.time.Duration;

/**
 * There is no room now, and there will be later. Cheap to throw: it has no stack trace, because refusing a request is
 * not a malfunction, and is done most when there is most to do.
 */
public abstract sealed class NoRoomException extends RuntimeException
        permits QueueFullException, RateLimitedException, ServerFullException, SlotWaitExceededException {

    private static final long serialVersionUID = 1L;

    private final Duration retryAfter;

    NoRoomException(String message, Duration retryAfter) {
        super(message, null, false, false);
        this.retryAfter = retryAfter;
    }

    /** After how long asking again is worth it. */
    public Duration retryAfter() {
        return retryAfter;
    }
}
