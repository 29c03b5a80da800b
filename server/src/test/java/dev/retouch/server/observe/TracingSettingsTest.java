package dev.retouch.server.observe;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.retouch.mock.journal.JournalEntry;
import dev.retouch.server.fixture.Eventually;
import dev.retouch.server.settings.ConfigurationException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What the standard variables of OpenTelemetry do, and that a collector in trouble does not disturb edits. */
@Tag("slow")
class TracingSettingsTest {

    private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
    private static final String PARENT = "00-" + TRACE + "-00f067aa0ba902b7-01";
    /** Far below the timeouts of exporters. */
    private static final Duration UNDISTURBED = Duration.ofSeconds(9);

    @TempDir
    private Path folder = Path.of(".");

    private ObservedGateway gateway(Map<String, String> settings) throws IOException {
        Map<String, String> all = new HashMap<>(Map.of("OTEL_BSP_SCHEDULE_DELAY", "50"));
        all.putAll(settings);
        return new ObservedGateway(folder, all);
    }

    private static Optional<String> parentAtUpstream(ObservedGateway gateway) {
        return gateway.first().journal().entries().stream().filter(entry -> entry.path().equals("/v1/images/edits"))
                .map((JournalEntry entry) -> entry.header("traceparent")).findFirst().orElseThrow();
    }

    @Test
    void traceOfTheClientIsPassedOnUnchangedIfTracesAreOff() throws IOException {
        try (ObservedGateway gateway = gateway(Map.of())) {
            String key = gateway.keyOfGroup("team", "");
            assertThat(gateway.edit(key, "a balloon", "traceparent", PARENT).statusCode()).isEqualTo(200);
            assertThat(parentAtUpstream(gateway)).contains(PARENT);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"00-00000000000000000000000000000000-00f067aa0ba902b7-01", "nonsense",
            "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more"})
    void invalidTraceIsNotPassedOn(String parent) throws IOException {
        try (ObservedGateway gateway = gateway(Map.of())) {
            String key = gateway.keyOfGroup("team", "");
            assertThat(gateway.edit(key, "a balloon", "traceparent", parent).statusCode()).isEqualTo(200);
            assertThat(parentAtUpstream(gateway)).isEmpty();
        }
    }

    @Test
    void spansArriveOverGrpc() throws IOException {
        try (OtlpReceiver collector = OtlpReceiver.start();
                ObservedGateway gateway = gateway(Map.of("OTEL_EXPORTER_OTLP_ENDPOINT",
                        collector.address().toString(), "OTEL_EXPORTER_OTLP_PROTOCOL", "grpc",
                        "OTEL_EXPORTER_OTLP_COMPRESSION", "gzip", "OTEL_SERVICE_NAME", "images"))) {
            String key = gateway.keyOfGroup("team", "");
            assertThat(gateway.edit(key, "a balloon", "traceparent", PARENT).statusCode()).isEqualTo(200);
            assertThat(collector.trace(TRACE)).extracting(OtlpReceiver.ReceivedSpan::name)
                    .contains("image_edit dall-e-2");
            assertThat(collector.paths()).containsOnly("/opentelemetry.proto.collector.trace.v1.TraceService/Export");
            assertThat(collector.resources().getFirst()).containsEntry("service.name", "images");
        }
    }

    @Test
    void nothingIsSentIfTheSamplerKeepsNothing() throws IOException {
        OtlpReceiver collector = OtlpReceiver.start();
        try (collector) {
            try (ObservedGateway gateway = gateway(Map.of("OTEL_EXPORTER_OTLP_ENDPOINT",
                    collector.address().toString(), "OTEL_TRACES_SAMPLER", "always_off"))) {
                String key = gateway.keyOfGroup("team", "");
                assertThat(gateway.edit(key, "a balloon", "traceparent", PARENT).statusCode()).isEqualTo(200);
                assertThat(parentAtUpstream(gateway).orElse("")).startsWith("00-" + TRACE).endsWith("-00");
            }
            assertThat(collector.paths()).as("after the last flush").isEmpty();
        }
    }

    @Test
    void spansThatWaitAreSentAtTheEnd() throws IOException {
        try (OtlpReceiver collector = OtlpReceiver.start()) {
            try (ObservedGateway gateway = gateway(Map.of("OTEL_EXPORTER_OTLP_ENDPOINT",
                    collector.address().toString(), "OTEL_BSP_SCHEDULE_DELAY", "600000"))) {
                String key = gateway.keyOfGroup("team", "");
                assertThat(gateway.edit(key, "a balloon").statusCode()).isEqualTo(200);
                gateway.awaitMetric(0, "retouch_edits_active");
                assertThat(collector.spans()).isEmpty();
            }
            assertThat(collector.spans()).extracting(OtlpReceiver.ReceivedSpan::name).contains("settle");
        }
    }

    @Test
    void collectorThatIsAwayDoesNotDisturbEdits() throws IOException {
        assertUndisturbed("http://127.0.0.1:1");
    }

    @Test
    void collectorThatNeverAnswersDoesNotDisturbEdits() throws IOException {
        try (ServerSocket silent = new ServerSocket(0)) {
            assertUndisturbed("http://127.0.0.1:" + silent.getLocalPort());
        }
    }

    @Test
    void collectorThatFailsDoesNotDisturbEdits() throws IOException {
        AtomicInteger status = new AtomicInteger(503);
        try (OtlpReceiver collector = OtlpReceiver.answering(status::get)) {
            assertUndisturbed(collector.address().toString());
            assertThat(collector.paths()).isNotEmpty();
        }
    }

    private void assertUndisturbed(String endpoint) throws IOException {
        long begin = System.nanoTime();
        // a queue that overflows at once
        try (ObservedGateway gateway = gateway(Map.of("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint,
                "OTEL_BSP_MAX_QUEUE_SIZE", "4", "OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "2"))) {
            String key = gateway.keyOfGroup("team", "");
            assertThat(gateway.edit(key, "a balloon").statusCode()).as("the first").isEqualTo(200);
            begin = System.nanoTime();
            for (int i = 0; i < 20; i++) {
                assertThat(gateway.edit(key, "a balloon").statusCode()).isEqualTo(200);
            }
            assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(UNDISTURBED);
            gateway.awaitMetric(0, "retouch_edits_active");
            begin = System.nanoTime();
        }
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).as("the stop").isLessThan(Duration.ofSeconds(15));
    }

    @Test
    void invalidVariableStopsTheStart() {
        assertThatThrownBy(() -> gateway(Map.of("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:4318",
                "OTEL_EXPORTER_OTLP_PROTOCOL", "carrier-pigeon"))).isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("OTEL_").hasMessageContaining("carrier-pigeon");
    }

    @Test
    void taskContinuesTheTraceOfItsRequest() throws IOException {
        try (OtlpReceiver collector = OtlpReceiver.start();
                ObservedGateway gateway = gateway(
                        Map.of("OTEL_EXPORTER_OTLP_ENDPOINT", collector.address().toString()))) {
            String key = gateway.keyOfGroup("team", "");
            assertThat(gateway.edit(key, "a balloon", "Prefer", "respond-async", "traceparent", PARENT).statusCode())
                    .isEqualTo(202);
            Eventually.so("the spans of request and task arrive", () -> collector.spans().stream()
                    .filter(span -> span.trace().equals(TRACE))
                    .filter(span -> span.name().equals("task") || span.kind().equals("SERVER")).count() == 2);
            assertThat(parentAtUpstream(gateway).orElse("")).startsWith("00-" + TRACE);
        }
    }
}
