package dev.retouch.server.observe;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;

import com.sun.management.ThreadMXBean;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.retouch.server.exchange.EditOrigin;
import dev.retouch.server.exchange.EditRecord;
import dev.retouch.server.exchange.EditTrace;

import static org.assertj.core.api.Assertions.assertThat;

/** Without an endpoint an edit costs nothing for traces: there is no recorder, and no object is created for a span. */
class TracesOffTest {

    @TempDir
    private static Path folder;

    @Test
    void tracesAreOffWithoutAnEndpoint() {
        assertThat(Tracing.of(Map.of(), "1")).isEmpty();
        assertThat(Tracing.of(Map.of("OTEL_SERVICE_NAME", "x", "OTEL_EXPORTER_OTLP_ENDPOINT", " "), "1")).isEmpty();
        assertThat(Tracing.of(Map.of("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1", "OTEL_SDK_DISABLED", "true"),
                "1")).isEmpty();
        assertThat(Tracing.of(
                Map.of("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1", "OTEL_TRACES_EXPORTER", "none"), "1"))
                .isEmpty();
    }

    @Test
    void attemptsAllocateNothingForSpans() {
        try (Metrics metrics = new Metrics(CircuitBreakerRegistry.ofDefaults(), folder, false)) {
            EditEvents events = new EditEvents(_ -> Optional.empty(), metrics, new RecentEdits(InstantSource.system()),
                    new RetainedRuns(InstantSource.system()), Optional.empty());
            EditRecord edit = new EditRecord("req_1", System.nanoTime(), events, EditOrigin.NONE);
            assertThat(edit.trace()).isSameAs(EditTrace.NONE);
            ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
            run(events, edit); // loads the classes
            long before = threads.getCurrentThreadAllocatedBytes();
            long measurement = threads.getCurrentThreadAllocatedBytes() - before;
            before = threads.getCurrentThreadAllocatedBytes();
            run(events, edit);
            assertThat(threads.getCurrentThreadAllocatedBytes() - before - measurement).isZero();
            assertThat(edit.trace().upstreamHeaders()).isEmpty();
            edit.answered("answered", true, Duration.ZERO);
        }
    }

    private static void run(EditEvents events, EditRecord edit) {
        for (int i = 0; i < 1000; i++) {
            events.attempted(edit, "first");
            if (!edit.trace().upstreamHeaders().isEmpty() || edit.trace().traceId().isPresent()) {
                throw new AssertionError("a trace without an endpoint");
            }
            events.answered(edit, "answered", true);
        }
    }
}
