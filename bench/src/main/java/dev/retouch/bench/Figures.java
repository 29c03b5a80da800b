package dev.retouch.bench;

import java.util.Arrays;

/**
 * The measured values of a kind of request.
 *
 * @param perSecond the number of responses per second
 */
record Figures(int count, double perSecond, double p50Millis, double p99Millis) {

    private static final double NANOS = 1e6;

    static Figures of(long[] nanos, double seconds) {
        long[] sorted = nanos.clone();
        Arrays.sort(sorted);
        return new Figures(sorted.length, sorted.length / seconds, at(sorted, 0.5), at(sorted, 0.99));
    }

    private static double at(long[] sorted, double part) {
        return sorted[(int) Math.min(sorted.length - 1L, Math.round(part * sorted.length))] / NANOS;
    }
}
