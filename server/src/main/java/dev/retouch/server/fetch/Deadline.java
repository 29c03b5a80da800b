package dev.retouch.server.fetch;

import java.time.Duration;

/**
 * The deadline for one image.
 *
 * @param nanos the end on the clock of {@link System#nanoTime()}
 * @param whole the whole time allowed
 */
record Deadline(long nanos, Duration whole) {

    static Deadline in(Duration time) {
        return new Deadline(System.nanoTime() + time.toNanos(), time);
    }

    /**
     * The remaining time in milliseconds, at least 1.
     *
     * @throws FetchException if the deadline has passed
     */
    long millis() throws FetchException {
        long left = (nanos - System.nanoTime()) / 1_000_000;
        if (left <= 0) {
            throw passed();
        }
        return left;
    }

    FetchException passed() {
        return FetchException.failed("it took longer than " + whole.toMillis() + " milliseconds");
    }
}
