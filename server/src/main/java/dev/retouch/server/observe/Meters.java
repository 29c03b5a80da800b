package dev.retouch.server.observe;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;

/**
 * Timers and counters by name and labels. A meter is built and registered at its first use only, because building takes longer than
 * recording. The number of meters is that of the registry, whose labels are bounded.
 */
final class Meters {

    private final MeterRegistry registry;
    private final Map<Key, Timer> timers = new ConcurrentHashMap<>();
    private final Map<Key, Counter> counters = new ConcurrentHashMap<>();

    private record Key(String name, List<String> labels) {}

    /** Meters of this registry. */
    Meters(MeterRegistry registry) {
        this.registry = registry;
    }

    /**
     * A timer.
     *
     * @param buckets the upper bounds of its histogram
     * @param labels names and values in turns
     */
    Timer timer(String name, String description, Supplier<Duration[]> buckets, String... labels) {
        Key key = new Key(name, List.of(labels));
        Timer known = timers.get(key);
        return known != null
                ? known
                : timers.computeIfAbsent(key, _ -> Timer.builder(name).description(description).tags(labels)
                        .serviceLevelObjectives(buckets.get()).register(registry));
    }

    /**
     * A counter.
     *
     * @param labels names and values in turns
     */
    Counter counter(String name, String description, String... labels) {
        Key key = new Key(name, List.of(labels));
        Counter known = counters.get(key);
        return known != null
                ? known
                : counters.computeIfAbsent(key,
                        _ -> Counter.builder(name).description(description).tags(labels).register(registry));
    }
}
