package dev.retouch.server.policy;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * How much room a key or a group has. What is null is not limited.
 *
 * @param concurrentEdits the most edits at the same time
 * @param queue how many more may wait for one of them to end
 * @param queueWait how long each waits at most
 * @param requestsPerMinute the most edits that begin within a minute
 * @param imagesPerMinute the most images within a minute, those that come in and those that are asked for
 */
public record RoomLimits(@Nullable Integer concurrentEdits, @Nullable Integer queue, @Nullable Duration queueWait,
        @Nullable Integer requestsPerMinute, @Nullable Integer imagesPerMinute) {

    /** Room without an end. */
    public static final RoomLimits NONE = new RoomLimits(null, null, null, null, null);

    private static final int QUEUE = 100;
    private static final Duration QUEUE_WAIT = Duration.ofSeconds(30);

    /** Refuses limits that let nothing through. */
    public RoomLimits {
        refuse(concurrentEdits != null && concurrentEdits < 1, "concurrent_edits must be at least 1");
        refuse(queue != null && queue < 0, "queue must not be below zero");
        refuse(queueWait != null && queueWait.isNegative(), "queue_wait_seconds must not be below zero");
        refuse(requestsPerMinute != null && requestsPerMinute < 1, "requests_per_minute must be at least 1");
        refuse(imagesPerMinute != null && imagesPerMinute < 1, "images_per_minute must be at least 1");
    }

    /** How many may wait, 100 unless something else is said. */
    public int queueOrDefault() {
        return queue == null ? QUEUE : queue;
    }

    /** How long each waits, 30 s unless something else is said. */
    public Duration queueWaitOrDefault() {
        return queueWait == null ? QUEUE_WAIT : queueWait;
    }

    private static void refuse(boolean wrong, String message) {
        if (wrong) {
            throw new IllegalArgumentException(message);
        }
    }
}
