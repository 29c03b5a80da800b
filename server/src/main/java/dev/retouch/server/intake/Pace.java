package dev.retouch.server.intake;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * How fast a body comes on average. Only the time that was spent waiting for the client counts: that the gateway itself was slow
 * to take the body is not the client's fault.
 */
final class Pace {

    private static final double NANOS_PER_SECOND = 1e9;

    private final LongSupplier nanoTime;
    private final long bytesPerSecond;
    private final long graceNanos;
    private long waitedNanos;
    private long bytes;
    private long since;

    /**
     * A pace that has just begun.
     *
     * @param bytesPerSecond the least that it may be; 0 for no least
     * @param grace how long it is not looked at
     */
    Pace(LongSupplier nanoTime, long bytesPerSecond, Duration grace) {
        this.nanoTime = nanoTime;
        this.bytesPerSecond = bytesPerSecond;
        this.graceNanos = grace.toNanos();
    }

    /** Says that the client is waited for from now on. */
    void waiting() {
        since = nanoTime.getAsLong();
    }

    /** Says that something came, and how much, and whether that was too little for the time it took. */
    boolean isTrickleAfter(int count) {
        waitedNanos += nanoTime.getAsLong() - since;
        bytes += count;
        return bytesPerSecond > 0 && waitedNanos > graceNanos
                && bytes < bytesPerSecond * (waitedNanos / NANOS_PER_SECOND);
    }
}
