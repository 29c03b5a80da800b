package dev.retouch.server.moderation;

import java.time.Duration;

/**
 * Limits of the calls to a moderation service.
 *
 * @param connectTimeout the longest time until a connection is accepted
 * @param timeout the longest time of one request, and the longest wait in the queue before it
 * @param maxConcurrent the most concurrent requests of all edits
 */
public record ModerationClientSettings(Duration connectTimeout, Duration timeout, int maxConcurrent) {

    /** Validates the values. */
    public ModerationClientSettings {
        if (connectTimeout.toMillis() < 1 || timeout.toMillis() < 1 || maxConcurrent < 1) {
            throw new IllegalArgumentException(
                    "timeouts must be at least a millisecond, and concurrent requests at least 1");
        }
    }
}
