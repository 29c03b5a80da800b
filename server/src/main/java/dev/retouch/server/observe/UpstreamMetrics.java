package dev.retouch.server.observe;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;

import dev.retouch.server.upstream.AttemptOutcome;
import dev.retouch.server.upstream.UpstreamObserver;

/** Counts attempts at upstreams, and shows the states of their circuit breakers. */
final class UpstreamMetrics implements UpstreamObserver {

    private static final String UPSTREAM = "upstream";
    private static final String OPEN = "open";
    private static final Map<String, Integer> STATES = Map.of("ok", 0, "half-open", 1, OPEN, 2);

    private final MeterRegistry meters;
    private final Meters calls;
    private final Map<String, AtomicInteger> inFlight = new ConcurrentHashMap<>();
    private final Map<String, Gauge> shown = new HashMap<>();
    private volatile Supplier<Map<String, String>> states = Map::of;

    UpstreamMetrics(MeterRegistry meters) {
        this.meters = meters;
        this.calls = new Meters(meters);
    }

    /**
     * Shows these upstreams instead of those before. Their counters begin at zero, so that a rate has a first value. The gauge of an
     * upstream that stays is kept, because a scrape at the same time must not see two of them.
     */
    synchronized void show(Supplier<Map<String, String>> current) {
        states = current;
        Set<String> names = current.get().keySet();
        for (String old : List.copyOf(shown.keySet())) {
            if (!names.contains(old)) {
                meters.remove(Objects.requireNonNull(shown.remove(old)));
            }
        }
        names.forEach(name -> {
            inFlight(name);
            meters.counter("retouch.upstream.retries", UPSTREAM, name);
            meters.counter("retouch.upstream.failovers", UPSTREAM, name);
            shown.computeIfAbsent(name, _ -> Gauge
                    .builder("retouch.upstream.breaker.state",
                            () -> STATES.getOrDefault(states.get().getOrDefault(name, OPEN), 2))
                    .description("0: attempts are made, 1: half-open, 2: open or paused").tag(UPSTREAM, name)
                    .register(meters));
        });
    }

    @Override
    public void began(String upstream) {
        inFlight(upstream).incrementAndGet();
    }

    @Override
    public void ended(String upstream, AttemptOutcome outcome, Duration duration) {
        inFlight(upstream).decrementAndGet();
        calls.timer("retouch.upstream.calls", "Attempts at upstreams, until their response was read", Buckets::edits,
                UPSTREAM, upstream, "outcome", outcome.name().toLowerCase(Locale.ROOT)).record(duration);
    }

    @Override
    public void retried(String upstream) {
        meters.counter("retouch.upstream.retries", UPSTREAM, upstream).increment();
    }

    @Override
    public void failedOver(String upstream) {
        meters.counter("retouch.upstream.failovers", UPSTREAM, upstream).increment();
    }

    private AtomicInteger inFlight(String upstream) {
        return inFlight.computeIfAbsent(upstream, name -> {
            AtomicInteger count = new AtomicInteger();
            Gauge.builder("retouch.edits.in.flight", count, AtomicInteger::get)
                    .description("Edits that an upstream works on").tag(UPSTREAM, name).register(meters);
            return count;
        });
    }
}
