package dev.retouch.server.intake;

import java.time.Duration;
import java.util.function.LongSupplier;

/** Measures the average rate of a body. Counts only the time spent waiting for the client, not the time of the gateway. */
final class MinimumRateMeter {

    private static final double NANOS_PER_SECOND = 1e9;

    private final LongSupplier nanoTime;
    private final long bytesPerSecond;
    private final long graceNanos;
    private long waitedNanos;
    private long bytes;
    private long since;

    /**
     * A meter at the beginning of a body.
     *
     * @param bytesPerSecond minimum rate; 0 for none
     * @param grace waiting time before the rate is checked
     */
    MinimumRateMeter(LongSupplier nanoTime, long bytesPerSecond, Duration grace) {
        this.nanoTime = nanoTime;
        this.bytesPerSecond = bytesPerSecond;
        this.graceNanos = grace.toNanos();
    }

    /** Starts the time of waiting for the client. */
    void waiting() {
        since = nanoTime.getAsLong();
    }

    /** Adds bytes that were received; returns whether the average is below the minimum. */
    boolean isTrickleAfter(int count) {
        waitedNanos += nanoTime.getAsLong() - since;
        bytes += count;
        return bytesPerSecond > 0 && waitedNanos > graceNanos
                && bytes < bytesPerSecond * (waitedNanos / NANOS_PER_SECOND);
    }
}
