package dev.retouch.server.observe;

import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.github.resilience4j.micrometer.tagged.TaggedCircuitBreakerMetrics;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;

import dev.retouch.server.upstream.Outcome;
import dev.retouch.server.upstream.UpstreamObserver;

/** Counts, and tells what it has counted in the text format of Prometheus. */
public final class Metrics implements UpstreamObserver, AutoCloseable {

    private static final String UPSTREAM = "upstream";
    private static final Duration[] BUCKETS = {Duration.ofSeconds(1), Duration.ofSeconds(5), Duration.ofSeconds(15),
            Duration.ofSeconds(30), Duration.ofMinutes(1), Duration.ofMinutes(2), Duration.ofMinutes(5)};

    private final PrometheusMeterRegistry meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final JvmGcMetrics collections = new JvmGcMetrics();
    private final Map<String, AtomicInteger> inFlight = new ConcurrentHashMap<>();

    /** Counts from now on, and looks at these breakers and at the Java machine when it is asked. */
    public Metrics(CircuitBreakerRegistry breakers) {
        TaggedCircuitBreakerMetrics.ofCircuitBreakerRegistry(breakers).bindTo(meters);
        new ClassLoaderMetrics().bindTo(meters);
        new JvmMemoryMetrics().bindTo(meters);
        new JvmThreadMetrics().bindTo(meters);
        new ProcessorMetrics().bindTo(meters);
        new FileDescriptorMetrics().bindTo(meters);
        new UptimeMetrics().bindTo(meters);
        collections.bindTo(meters);
    }

    @Override
    public void began(String upstream) {
        inFlight(upstream).incrementAndGet();
    }

    @Override
    public void ended(String upstream, Outcome outcome, Duration duration) {
        inFlight(upstream).decrementAndGet();
        Timer.builder("retouch.upstream.calls").description("Calls of upstreams, until their answer is read")
                .tag(UPSTREAM, upstream).tag("outcome", outcome.name().toLowerCase(Locale.ROOT))
                .serviceLevelObjectives(BUCKETS).register(meters).record(duration);
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

    /** Everything as it is now. */
    public String text() {
        return meters.scrape();
    }

    @Override
    public void close() {
        collections.close();
        meters.close();
    }
}
