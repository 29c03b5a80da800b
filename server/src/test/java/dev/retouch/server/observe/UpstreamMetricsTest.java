package dev.retouch.server.observe;

import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** The metrics of upstreams over reloads. */
final class UpstreamMetricsTest {

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final UpstreamMetrics metrics = new UpstreamMetrics(registry);

    @Test
    void showsTheUpstreamsOfTheLastReload() {
        metrics.show(() -> Map.of("stays", "ok", "goes", "ok"));
        metrics.show(() -> Map.of("stays", "open", "comes", "half-open"));
        assertThat(registry.scrape()).contains("retouch_upstream_breaker_state{upstream=\"stays\"} 2.0")
                .contains("retouch_upstream_breaker_state{upstream=\"comes\"} 1.0")
                .doesNotContain("retouch_upstream_breaker_state{upstream=\"goes\"}");
    }

    /** A scrape during a reload does not see two gauges of one upstream. */
    @Test
    void canBeScrapedDuringAReload() throws Exception {
        AtomicBoolean over = new AtomicBoolean();
        try (ExecutorService threads = Executors.newSingleThreadExecutor()) {
            Future<Integer> scrapes = threads.submit(() -> {
                int count = 0;
                for (; !over.get(); count++) {
                    registry.scrape();
                }
                return count;
            });
            try {
                for (int i = 0; i < 5_000; i++) {
                    metrics.show(() -> Map.of("a", "ok", "b", "ok"));
                }
            } finally {
                over.set(true);
            }
            assertThat(scrapes.get()).isPositive();
        }
    }
}
