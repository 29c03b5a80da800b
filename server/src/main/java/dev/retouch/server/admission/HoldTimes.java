package dev.retouch.server.admission;

import java.time.Duration;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;

/** How long places were held recently, to tell whoever finds none when to come back. */
final class HoldTimes {

    private static final double WEIGHT_OF_THE_NEWEST = 0.2;
    private static final Duration RECENTLY = Duration.ofMinutes(10);
    private static final Duration LEAST = Duration.ofSeconds(1);
    private static final int MOST_NAMES = 10_000;

    private final Cache<String, Double> means = Caffeine.newBuilder().maximumSize(MOST_NAMES)
            .expireAfterWrite(RECENTLY).executor(Runnable::run).build();

    void ended(String name, Duration held) {
        means.asMap().merge(name, (double) held.toMillis(),
                (mean, newest) -> mean + (newest - mean) * WEIGHT_OF_THE_NEWEST);
    }

    /**
     * When it is likely to be one's turn.
     *
     * @param turns how many places must come free until then
     * @param places how many there are
     * @param unknown how long places are held, where none came free yet
     */
    Duration until(String name, int turns, int places, Duration unknown) {
        Double mean = means.getIfPresent(name);
        double held = mean == null ? unknown.toMillis() : mean;
        Duration estimate = Duration.ofMillis((long) Math.ceil(held * turns / places));
        return estimate.compareTo(LEAST) < 0 ? LEAST : estimate;
    }
}
