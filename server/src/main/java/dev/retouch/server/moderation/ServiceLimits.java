package dev.retouch.server.moderation;

import java.time.Duration;

/**
 * How patient to be with the moderation service, and how many questions it is asked at a time.
 *
 * @param connectTimeout how long a connection may take
 * @param timeout how long one question may take, from its first byte to the answer's last; and how long it may wait before
 *        that for others to end
 * @param sideBySide how many questions of all edits together may be under way
 */
public record ServiceLimits(Duration connectTimeout, Duration timeout, int sideBySide) {

    /** Refuses limits that let nothing through. */
    public ServiceLimits {
        if (connectTimeout.toMillis() < 1 || timeout.toMillis() < 1 || sideBySide < 1) {
            throw new IllegalArgumentException("timeouts must be at least a millisecond, and side by side at least 1");
        }
    }
}
