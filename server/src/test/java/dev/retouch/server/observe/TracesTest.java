package dev.retouch.server.observe;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.sun.net.httpserver.HttpServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

import dev.retouch.mock.journal.JournalEntry;
import dev.retouch.mock.scenario.Scenario;
import dev.retouch.server.fixture.Eventually;
import dev.retouch.server.fixture.Pictures;
import dev.retouch.server.log.JsonLogEncoder;
import dev.retouch.server.observe.OtlpReceiver.ReceivedSpan;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

/** The spans of edits, as a collector gets them, and what upstreams and other hosts see of the trace. */
@Tag("slow")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TracesTest {

    private static final String PARENT = "00f067aa0ba902b7";
    private static final String STATE = "vendor=00f067aa0ba902b7,other=x";
    private static final Pattern TRACE_PARENT = Pattern.compile("00-([0-9a-f]{32})-([0-9a-f]{16})-01");

    @TempDir
    private static Path folder;
    private final List<String> headersAtSite = new CopyOnWriteArrayList<>();
    private OtlpReceiver collector;
    private HttpServer site;
    private ObservedGateway gateway;
    private String key;
    private int traces;

    @BeforeAll
    void start() throws IOException {
        collector = OtlpReceiver.start();
        site = site();
        gateway = new ObservedGateway(folder, Map.of("OTEL_EXPORTER_OTLP_ENDPOINT", collector.address().toString(),
                "OTEL_BSP_SCHEDULE_DELAY", "100", "OTEL_RESOURCE_ATTRIBUTES", "deployment.environment.name=test",
                "RETOUCH_FETCH_UNGUARDED_HOSTS", "127.0.0.1", "RETOUCH_FETCH_PORTS",
                Integer.toString(site.getAddress().getPort())));
        key = gateway.keyOfGroup("team", "\"moderation\": {\"mode\": \"block\"}");
    }

    @AfterAll
    void stop() {
        gateway.close();
        site.stop(0);
        collector.close();
    }

    /** A host of images that keeps the names of the headers that it gets. */
    private HttpServer site() throws IOException {
        HttpServer started = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        byte[] image = Pictures.transparentPng(256, 256);
        started.createContext("/a.png", exchange -> {
            exchange.getRequestHeaders().keySet().forEach(name -> headersAtSite.add(name.toLowerCase(Locale.ROOT)));
            exchange.getResponseHeaders().add("content-type", "image/png");
            exchange.sendResponseHeaders(200, image.length);
            try (exchange) {
                exchange.getResponseBody().write(image);
            }
        });
        started.start();
        return started;
    }

    private String newTrace() {
        return "%032x".formatted(0xabc000 + ++traces);
    }

    private HttpResponse<String> edit(String trace, String prompt) {
        return gateway.edit(key, prompt, "traceparent", "00-" + trace + "-" + PARENT + "-01", "tracestate", STATE);
    }

    private static ReceivedSpan only(List<ReceivedSpan> trace, String name) {
        return OtlpReceiver.named(trace, name).orElseThrow(() -> new AssertionError(name + " is missing in " + trace));
    }

    private List<JournalEntry> requests(String trace) {
        return gateway.first().journal().entries().stream()
                .filter(entry -> entry.header("traceparent").orElse("").contains(trace)).toList();
    }

    @Test
    void editHasSpansOfItsStepsBelowThatOfItsRequest() {
        String id = newTrace();
        assertThat(edit(id, "a red balloon").statusCode()).isEqualTo(200);

        List<ReceivedSpan> trace = collector.trace(id);
        ReceivedSpan request = only(trace, "POST /v1/images/edits");
        assertThat(request.parent()).isEqualTo(PARENT);
        assertThat(request.attributes()).containsEntry("http.request.method", "POST")
                .containsEntry("http.route", "/v1/images/edits").containsEntry("url.path", "/v1/images/edits")
                .containsEntry("http.response.status_code", "200").containsEntry("client.address", "127.0.0.1")
                .containsEntry("server.address", "127.0.0.1").containsEntry("retouch.group", "team")
                .containsEntry("retouch.outcome", "succeeded").containsEntry("retouch.charge", "settled")
                .containsEntry("retouch.cost", "0.016").containsEntry("retouch.mask", "true")
                .containsEntry("gen_ai.request.model", "dall-e-2").doesNotContainKey("error.type");
        assertThat(trace).extracting(ReceivedSpan::name).containsOnly("POST /v1/images/edits", "fetch",
                "moderation", "queue", "hold", "image_edit dall-e-2", "settle");
        assertThat(trace).filteredOn(span -> !span.equals(request)).allSatisfy(span -> {
            assertThat(span.parent()).isEqualTo(request.id());
            assertThat(span.start()).isBetween(request.start(), span.end());
            assertThat(span.end()).isBetween(span.start(), request.end());
            assertThat(span.state()).isEqualTo(STATE);
        });
        assertThat(collector.resources()).allSatisfy(resource -> assertThat(resource)
                .containsEntry("service.name", "retouch").containsEntry("deployment.environment.name", "test")
                .containsKey("service.version"));
    }

    @Test
    void upstreamGetsTheSpanOfItsAttemptAsParent() {
        String id = newTrace();
        assertThat(edit(id, "a green balloon").statusCode()).isEqualTo(200);

        ReceivedSpan attempt = only(collector.trace(id), "image_edit dall-e-2");
        assertThat(attempt.kind()).isEqualTo("CLIENT");
        assertThat(attempt.attributes()).containsEntry("gen_ai.operation.name", "image_edit")
                .containsEntry("gen_ai.provider.name", "first").containsEntry("gen_ai.output.type", "image")
                .containsEntry("retouch.upstream", "first").containsEntry("retouch.attempt", "1")
                .containsEntry("server.address", "127.0.0.1")
                .containsEntry("server.port", Integer.toString(gateway.first().baseUrl().getPort()))
                .containsEntry("retouch.outcome", "answered");
        assertThat(requests(id)).singleElement().satisfies(sent -> {
            Matcher parent = TRACE_PARENT.matcher(sent.header("traceparent").orElse(""));
            assertThat(parent.matches()).isTrue();
            assertThat(parent.group(2)).isEqualTo(attempt.id());
            assertThat(sent.header("tracestate")).contains(STATE);
        });
    }

    @Test
    void moderationServiceAndImageHostsLearnNothingOfTheTrace() {
        String id = newTrace();
        long moderations = moderations();
        HttpResponse<String> response = gateway.send(HttpRequest
                .newBuilder(gateway.address().resolve("/v1/images/edits"))
                .headers("Authorization", "Bearer " + key, "Content-Type", "application/json", "traceparent",
                        "00-" + id + "-" + PARENT + "-01", "tracestate", STATE)
                .POST(BodyPublishers.ofString(
                        "{\"model\":\"gpt-image-1\",\"prompt\":\"a balloon\",\"images\":[{\"image_url\":\"http://127.0.0.1:"
                                + site.getAddress().getPort() + "/a.png\"}]}"))
                .build());
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        assertThat(headersAtSite).as("the image was fetched").contains("host").doesNotContain("traceparent",
                "tracestate");
        assertThat(moderations()).as("the service was asked").isGreaterThan(moderations);
        assertThat(requests(id)).extracting(JournalEntry::path).containsExactly("/v1/images/edits");
        assertThat(only(collector.trace(id), "fetch").end()).isPositive();
    }

    private long moderations() {
        return gateway.first().journal().entries().stream().filter(entry -> entry.path().contains("moderations"))
                .count();
    }

    @Test
    void eachAttemptHasASpan() throws IOException {
        Path own = Files.createDirectories(folder.resolve("failing"));
        try (ObservedGateway failing = new ObservedGateway(own, Map.of("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
                collector.address() + "/v1/traces", "OTEL_BSP_SCHEDULE_DELAY", "100"))) {
            String plain = failing.keyOfGroup("plain", "");
            failing.first().scenarios().next(Scenario.rateLimit(60));
            String id = newTrace();
            assertThat(failing.edit(plain, "a balloon", "traceparent", "00-" + id + "-" + PARENT + "-01").statusCode())
                    .isEqualTo(200);
            List<ReceivedSpan> attempts = collector.trace(id).stream().filter(span -> span.kind().equals("CLIENT"))
                    .toList();
            assertThat(attempts).hasSize(2);
            assertThat(attempts.getFirst().attributes()).containsEntry("retouch.upstream", "first")
                    .containsEntry("error.type", "limited");
            assertThat(attempts.getFirst().error()).isTrue();
            assertThat(attempts.getLast().attributes()).containsEntry("retouch.upstream", "second")
                    .containsEntry("retouch.attempt", "2").doesNotContainKey("error.type");
            assertThat(attempts.getLast().error()).isFalse();
            assertThat(only(collector.trace(id), "POST /v1/images/edits").attribute("retouch.attempts"))
                    .isEqualTo("2");
        }
    }

    @Test
    void streamHasItsUsage() {
        assertThat(gateway.streamedEdit(key, "a streamed balloon").body()).contains("image_edit.completed");
        Eventually.so("the spans arrive",
                () -> collector.spans().stream().anyMatch(span -> span.kind().equals("SERVER")
                        && span.attribute("gen_ai.request.model").equals("gpt-image-2")));
        Set<String> usage = collector.spans().stream()
                .filter(span -> span.attribute("gen_ai.request.model").equals("gpt-image-2"))
                .map(span -> span.kind() + (Long.parseLong("0" + span.attribute("gen_ai.usage.output_tokens")) > 0))
                .collect(Collectors.toSet());
        assertThat(usage).containsExactlyInAnyOrder("SERVERtrue", "CLIENTtrue");
    }

    @Test
    void refusedEditHasItsCode() {
        String id = newTrace();
        assertThat(gateway.edit("sk-wrong", "a balloon", "traceparent", "00-" + id + "-" + PARENT + "-01")
                .statusCode()).isEqualTo(401);
        ReceivedSpan request = only(collector.trace(id), "POST /v1/images/edits");
        assertThat(request.attributes()).containsEntry("http.response.status_code", "401")
                .containsEntry("error.type", "invalid_api_key");
        assertThat(request.error()).as("a client's mistake is no error of the server").isFalse();
    }

    @Test
    void spansHaveNoPromptAndNoKey() {
        String id = newTrace();
        assertThat(edit(id, "a very secret balloon").statusCode()).isEqualTo(200);
        assertThat(collector.trace(id).toString()).doesNotContain("secret balloon").doesNotContain(key)
                .doesNotContain("sk-provider");
    }

    @Test
    void invalidParentBeginsANewTrace() {
        int before = collector.spans().size();
        assertThat(gateway.edit(key, "a balloon", "traceparent", "00-zz-zz-01").statusCode()).isEqualTo(200);
        Eventually.so("the spans arrive",
                () -> collector.spans().stream().skip(before).anyMatch(span -> span.kind().equals("SERVER")
                        && span.parent().isEmpty()));
    }

    @Test
    void logLinesHaveTheTrace() {
        Logger log = (Logger) LoggerFactory.getLogger("dev.retouch.edit");
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        lines.start();
        log.addAppender(lines);
        try {
            String id = newTrace();
            assertThat(edit(id, "a logged balloon").statusCode()).isEqualTo(200);
            ReceivedSpan request = only(collector.trace(id), "POST /v1/images/edits");
            Eventually.so("the edit is logged", () -> lines.list.stream()
                    .anyMatch(line -> line.getFormattedMessage().contains("trace-id=" + id)));
            String json = lines.list.stream().map(line -> new String(new JsonLogEncoder().encode(line), UTF_8))
                    .filter(line -> line.contains(id)).findFirst().orElseThrow();
            assertThat(gateway.parsed(json).path("trace_id").asText()).isEqualTo(id);
            assertThat(gateway.parsed(json).path("span_id").asText()).isEqualTo(request.id());
        } finally {
            log.detachAppender(lines);
        }
    }

    @Test
    void bucketsOfHistogramsReferToTheTrace() {
        String id = newTrace();
        assertThat(edit(id, "a measured balloon").statusCode()).isEqualTo(200);
        collector.trace(id);
        HttpResponse<String> metrics = gateway.send(HttpRequest.newBuilder(gateway.address().resolve("/metrics"))
                .headers("Authorization", "Bearer " + ObservedGateway.METRICS_TOKEN, "Accept",
                        "application/openmetrics-text;version=1.0.0;q=0.6,text/plain;version=0.0.4;q=0.5")
                .build());
        assertThat(metrics.headers().firstValue("content-type").orElse("")).startsWith("application/openmetrics-text");
        assertThat(metrics.body()).endsWith("# EOF\n");
        assertThat(metrics.body().lines().filter(line -> line.startsWith("retouch_edit_duration_seconds_bucket"))
                .filter(line -> line.contains("trace_id=\""))).isNotEmpty();
        assertThat(gateway.get("/metrics", ObservedGateway.METRICS_TOKEN).body())
                .as("the format of Prometheus has no exemplars").doesNotContain("trace_id");
    }
}
