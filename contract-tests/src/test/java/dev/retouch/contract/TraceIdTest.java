package dev.retouch.contract;

import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.retouch.contract.harness.Admin;
import dev.retouch.contract.harness.CheapEdit;
import dev.retouch.contract.harness.Endpoint;
import dev.retouch.contract.harness.Form;
import dev.retouch.contract.harness.Gateways;
import dev.retouch.contract.harness.Reply;
import dev.retouch.contract.harness.RunningGateway;
import dev.retouch.mock.MockOptions;
import dev.retouch.mock.MockUpstream;
import dev.retouch.mock.scenario.Scenario;

import static org.assertj.core.api.Assertions.assertThat;

/** Responses to edits name the trace that the gateway records, and only that. */
class TraceIdTest {

    private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
    private static final String PARENT = "00-" + TRACE + "-00f067aa0ba902b7-01";
    private static final String HEADER = "x-trace-id";
    private static final String KEY = "sk-of-the-provider-0123456789";

    @TempDir
    private Path folder = Path.of(".");
    private MockUpstream provider;

    TraceIdTest() {
        Gateways.ownOnly();
        provider = MockUpstream.start(MockOptions.defaults().withKey(KEY));
    }

    @BeforeEach
    void describe() throws Exception {
        Files.writeString(folder.resolve("upstreams.yaml"), "only:\n  url: " + provider.baseUrl()
                + "\n  key-env: PROVIDER_KEY\n  first-byte-timeout: 5s\n");
    }

    @AfterEach
    void stop() {
        provider.close();
    }

    private RunningGateway gateway(String endpoint) {
        // a sampler that keeps nothing, so that nothing is sent
        return RunningGateway.start(Map.of("RETOUCH_ADMIN_TOKEN", Admin.TOKEN, "PROVIDER_KEY", KEY,
                "RETOUCH_UPSTREAMS_FILE", folder.resolve("upstreams.yaml").toString(), "OTEL_EXPORTER_OTLP_ENDPOINT",
                endpoint, "OTEL_TRACES_SAMPLER", "always_off"));
    }

    private static Reply edit(Endpoint client, Form form, String... headers) {
        HttpRequest.Builder request = client.request(Endpoint.EDITS).header("Content-Type", form.contentType())
                .POST(BodyPublishers.ofByteArray(form.bytes()));
        return Endpoint.send(headers.length == 0 ? request : request.headers(headers));
    }

    private static void assertTraced(Reply reply, int status) {
        assertThat(reply.status()).as(reply.beginning()).isEqualTo(status);
        assertThat(reply.header(HEADER)).as("%s", reply.headers()).hasValueSatisfying(
                id -> assertThat(id).matches("[0-9a-f]{32}").isNotEqualTo("0".repeat(32)));
    }

    @Test
    void everyResponseToAnEditHasIt() {
        try (RunningGateway gateway = gateway("http://127.0.0.1:1")) {
            Endpoint client = Admin.of(gateway).group("team", "").key("team", "");
            Reply continued = edit(client, CheapEdit.form(), "traceparent", PARENT);
            assertTraced(continued, 200);
            assertThat(continued.header(HEADER)).as("of the client").contains(TRACE);
            assertTraced(edit(client, CheapEdit.form()), 200);
            Reply stream = edit(client, Form.ofInput().text("size", "1024x1024").text("stream", "true"), "traceparent",
                    PARENT);
            assertTraced(stream, 200);
            assertThat(stream.header("content-type").orElse("")).startsWith("text/event-stream");
            assertThat(stream.header(HEADER)).contains(TRACE);
            assertTraced(edit(client, CheapEdit.form(), "Prefer", "respond-async"), 202);
            assertTraced(edit(client, Form.empty().text("prompt", "no image")), 400);
            assertTraced(edit(new Endpoint(gateway.baseUrl(), "sk-wrong"), CheapEdit.form()), 401);
            assertThat(client.get("/v1/models").header(HEADER)).as("no edit").isEmpty();
        }
    }

    @Test
    void failuresOfUpstreamsAndLimitsHaveIt() {
        try (RunningGateway gateway = gateway("http://127.0.0.1:1")) {
            Endpoint client = Admin.of(gateway).group("team", "").key("team", "");
            Endpoint limited = Admin.of(gateway).group("limited", "\"limits\":{\"requests_per_minute\":1}")
                    .key("limited", "");
            assertTraced(edit(limited, CheapEdit.form()), 200);
            assertTraced(edit(limited, CheapEdit.form()), 429);
            provider.scenarios().next(Scenario.status(500));
            assertTraced(edit(client, CheapEdit.form()), 502);
            provider.scenarios().next(Scenario.delay(Duration.ofSeconds(20)));
            CompletableFuture<Reply> slow = CompletableFuture.supplyAsync(
                    () -> edit(client, CheapEdit.form(), "Idempotency-Key", "once"), Thread::startVirtualThread);
            Awaitility.await().atMost(Duration.ofSeconds(20)).pollInterval(Duration.ofMillis(10))
                    .until(() -> provider.journal().inFlight() == 1);
            assertTraced(edit(client, CheapEdit.form(), "Idempotency-Key", "once"), 409);
            assertTraced(slow.join(), 504);
            assertTraced(edit(client, CheapEdit.form("another"), "Idempotency-Key", "once"), 422);
        }
    }

    @Test
    void gatewayWithoutTracesDoesNotRepeatThatOfTheClient() {
        try (RunningGateway gateway = gateway("")) {
            Endpoint client = Admin.of(gateway).group("team", "").key("team", "");
            for (Reply reply : new Reply[]{edit(client, CheapEdit.form(), "traceparent", PARENT),
                    edit(client, Form.empty().text("prompt", "no image"), "traceparent", PARENT)}) {
                assertThat(reply.header(HEADER)).isEmpty();
            }
        }
    }
}
