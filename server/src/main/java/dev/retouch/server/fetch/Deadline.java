package dev.retouch.server.fetch;

import java.time.Duration;

/**
 * When one image's time is over.
 *
 * @param nanos the moment, on the clock of {@link System#nanoTime()}
 * @param whole how long it was in the beginning
 */
record Deadline(long nanos, Duration whole) {

    static Deadline in(Duration time) {
        return new Deadline(System.nanoTime() + time.toNanos(), time);
    }

    /** What is left, at least a millisecond. */
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
