package dev.retouch.server.http;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Measures how fast a client reads a response. Counts only the time in which a write waits for the client. Bytes of the write in
 * progress count as read, so a large write is allowed its time. Thread-safe: one thread writes, another one checks.
 */
final class ResponsePace {

    private static final double NANOS_PER_SECOND = 1e9;

    private final LongSupplier nanoTime;
    private final long bytesPerSecond;
    private final long graceNanos;
    private final Runnable abort;
    private long waitedNanos;
    private long bytes;
    private long since;
    private boolean waiting;
    private boolean aborted;

    /**
     * A pace at the beginning of a response.
     *
     * @param bytesPerSecond minimum rate; 0 for none
     * @param grace waiting time before the rate is checked
     * @param abort ends the connection or the stream of the client
     */
    ResponsePace(LongSupplier nanoTime, long bytesPerSecond, Duration grace, Runnable abort) {
        this.nanoTime = nanoTime;
        this.bytesPerSecond = bytesPerSecond;
        this.graceNanos = grace.toNanos();
        this.abort = abort;
    }

    /** Starts a write of so many bytes. */
    synchronized void writing(int count) {
        bytes += count;
        since = nanoTime.getAsLong();
        waiting = true;
    }

    /** Ends a write. */
    synchronized void written() {
        waitedNanos += nanoTime.getAsLong() - since;
        waiting = false;
    }

    /** Ends the connection of a client that reads too slowly. Returns whether it did. */
    boolean abortIfTooSlow() {
        synchronized (this) {
            long waited = waitedNanos + (waiting ? nanoTime.getAsLong() - since : 0);
            boolean slow = bytesPerSecond > 0 && waiting && waited > graceNanos
                    && bytes < bytesPerSecond * (waited / NANOS_PER_SECOND);
            if (!slow || aborted) {
                return false;
            }
            aborted = true;
        }
        abort.run();
        return true;
    }
}
