package dev.retouch.server.admission.slot;

import java.time.Duration;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;

/** Estimates when a slot is released, from how long recent edits held theirs. */
public final class WaitEstimator {

    private static final double WEIGHT_OF_THE_NEWEST = 0.2;
    private static final Duration RECENTLY = Duration.ofMinutes(10);
    private static final Duration LEAST = Duration.ofSeconds(1);
    private static final int MAX_NAMES = 10_000;

    private final Cache<String, Double> means = Caffeine.newBuilder().maximumSize(MAX_NAMES)
            .expireAfterWrite(RECENTLY).executor(Runnable::run).build();

    public void ended(String name, Duration held) {
        means.asMap().merge(name, (double) held.toMillis(),
                (mean, newest) -> mean + (newest - mean) * WEIGHT_OF_THE_NEWEST);
    }

    /**
     * Estimates the time until a slot is available.
     *
     * @param turns slots that must be released until then
     * @param places slots of the scope
     * @param unknown time assumed per slot if no edit has ended yet
     */
    public Duration until(String name, int turns, int places, Duration unknown) {
        Double mean = means.getIfPresent(name);
        double held = mean == null ? unknown.toMillis() : mean;
        Duration estimate = Duration.ofMillis((long) Math.ceil(held * turns / places));
        return estimate.compareTo(LEAST) < 0 ? LEAST : estimate;
    }
}
