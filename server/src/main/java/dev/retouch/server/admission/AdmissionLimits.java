package dev.retouch.server.admission;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * Limits of a key or group. A limit that is null does not apply.
 *
 * @param concurrentEdits edits that run at once
 * @param queue edits that may wait for a slot
 * @param queueWait longest time in the queue
 * @param requestsPerMinute edits started per minute
 * @param imagesPerMinute input and requested images per minute
 */
public record AdmissionLimits(@Nullable Integer concurrentEdits, @Nullable Integer queue, @Nullable Duration queueWait,
        @Nullable Integer requestsPerMinute, @Nullable Integer imagesPerMinute) {

    /** No limits. */
    public static final AdmissionLimits NONE = new AdmissionLimits(null, null, null, null, null);

    private static final int QUEUE = 100;
    private static final Duration QUEUE_WAIT = Duration.ofSeconds(30);

    /** Rejects limits that no edit could pass. */
    public AdmissionLimits {
        refuse(concurrentEdits != null && concurrentEdits < 1, "concurrent_edits must be at least 1");
        refuse(queue != null && queue < 0, "queue must not be below zero");
        refuse(queueWait != null && queueWait.isNegative(), "queue_wait_seconds must not be below zero");
        refuse(requestsPerMinute != null && requestsPerMinute < 1, "requests_per_minute must be at least 1");
        refuse(imagesPerMinute != null && imagesPerMinute < 1, "images_per_minute must be at least 1");
    }

    /** Returns the length of the queue, 100 by default. */
    public int queueOrDefault() {
        return queue == null ? QUEUE : queue;
    }

    /** Returns the longest queue wait, 30 seconds by default. */
    public Duration queueWaitOrDefault() {
        return queueWait == null ? QUEUE_WAIT : queueWait;
    }

    private static void refuse(boolean wrong, String message) {
        if (wrong) {
            throw new IllegalArgumentException(message);
        }
    }
}
