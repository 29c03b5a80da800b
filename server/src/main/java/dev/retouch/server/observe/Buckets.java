package dev.retouch.server.observe;

import java.time.Duration;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/** The upper bounds of histograms. */
final class Buckets {

    private static final Duration[] EDITS = LongStream.of(1, 2, 5, 10, 15, 20, 30, 45, 60, 90, 120, 180, 300, 600)
            .mapToObj(Duration::ofSeconds).toArray(Duration[]::new);
    private static final Duration[] PHASES = LongStream
            .of(1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 60_000)
            .mapToObj(Duration::ofMillis).toArray(Duration[]::new);
    private static final Duration[] ALL = Stream.concat(Stream.of(PHASES), Stream.of(EDITS)).distinct().sorted()
            .toArray(Duration[]::new);

    private Buckets() {}

    /** Bounds of what an upstream takes part in: from a second to ten minutes. */
    static Duration[] edits() {
        return EDITS.clone();
    }

    /** Bounds of what the gateway does or waits for: from a millisecond to a minute. */
    static Duration[] phases() {
        return PHASES.clone();
    }

    /** All bounds of both. */
    static Duration[] all() {
        return ALL.clone();
    }
}
