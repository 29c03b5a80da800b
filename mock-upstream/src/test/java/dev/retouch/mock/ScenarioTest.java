package dev.retouch.mock;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.retouch.mock.Caller.Reply;
import dev.retouch.mock.journal.Outcome;
import dev.retouch.mock.scenario.Scenario;
import dev.retouch.mock.scenario.ScenarioNames;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Tag("slow")
class ScenarioTest {

    private final MockUpstream mock = MockUpstream.start();
    private final Caller caller = new Caller(mock);

    @AfterEach
    void forget() {
        mock.scenarios().clear();
    }

    @AfterAll
    void stop() {
        caller.close();
        mock.close();
    }

    private static Form form() throws IOException {
        return Form.edit(TestImages.photoPng(64, 64)).field("quality", "low");
    }

    private Reply edit(String scenario) throws Exception {
        return caller.edit(form(), "x-mock-scenario", scenario);
    }

    private static byte[] getModels(String scenario) {
        return String.join("\r\n", "GET /v1/models HTTP/1.1", "Host: x", "Authorization: Bearer k",
                "x-mock-scenario: " + scenario, "", "").getBytes(StandardCharsets.US_ASCII);
    }

    private Outcome lastOutcome() {
        return mock.journal().last().orElseThrow().outcome();
    }

    private void awaitLastOutcome(Outcome expected) {
        long until = System.nanoTime() + Duration.ofSeconds(10).toNanos();
        while (lastOutcome() != expected && System.nanoTime() < until) {
            Thread.onSpinWait();
        }
        assertThat(lastOutcome()).isEqualTo(expected);
    }

    @Test
    void anyStatusWithAnyBodyAndHeaders() throws Exception {
        Reply reply = edit(
                "status; code=502; content-type=text/html; header.x-a=b; body=\"<h1>Bad; really, \\\"bad\\\"</h1>\"");

        assertThat(reply.status()).isEqualTo(502);
        assertThat(reply.header("content-type")).isEqualTo("text/html");
        assertThat(reply.header("x-a")).isEqualTo("b");
        assertThat(new String(reply.raw().body(), StandardCharsets.UTF_8)).isEqualTo("<h1>Bad; really, \"bad\"</h1>");
    }

    @Test
    void tooManyRequestsSaysWhenToComeBack() throws Exception {
        Reply reply = edit("rate-limit; retry-after=7");

        assertThat(reply.status()).isEqualTo(429);
        assertThat(reply.header("retry-after")).isEqualTo("7");
        assertThat(reply.code()).isEqualTo("rate_limit_exceeded");
    }

    @Test
    void scenariosCombine() throws Exception {
        long begun = System.nanoTime();

        Reply reply = edit("delay; ms=300, status; code=503");

        assertThat(reply.status()).isEqualTo(503);
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isGreaterThanOrEqualTo(Duration.ofMillis(300));
        assertThat(mock.journal().last().orElseThrow().scenarios()).containsExactly("delay; ms=300",
                "status; code=503");
    }

    @Test
    void resetEndsTheConnectionWithRst() throws Exception {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), mock.port())) {
            socket.getOutputStream().write(("POST /v1/moderations HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer k\r\n"
                    + "x-mock-scenario: reset\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}")
                    .getBytes(StandardCharsets.US_ASCII));
            assertThatThrownBy(() -> socket.getInputStream().read()).isInstanceOf(SocketException.class)
                    .hasMessageContaining("reset");
        }
        awaitLastOutcome(Outcome.RESET);
    }

    @Test
    void truncatedAnswersDeclareMoreThanTheySend() throws Exception {
        assertThatIOException().isThrownBy(() -> edit("truncate; after=500"));
        awaitLastOutcome(Outcome.CUT_SHORT);

        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), mock.port())) {
            socket.getOutputStream().write(getModels("truncate; after=10"));
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(answer).contains("Content-Length: ");
            assertThat(answer.substring(answer.indexOf("\r\n\r\n") + 4)).hasSize(10);
        }
    }

    @Test
    void aStreamIsCutAfterSomeEvents() throws Exception {
        HttpRequest request = caller.editRequest(form().field("stream", "true").field("partial_images", "3"),
                "x-mock-scenario", "cut-stream; after=2");

        try (InputStream body = caller.http().send(request, BodyHandlers.ofInputStream()).body()) {
            StringBuilder heard = new StringBuilder();
            assertThatIOException().isThrownBy(() -> {
                for (int b = body.read(); b >= 0; b = body.read()) {
                    heard.append((char) b);
                }
            });
            assertThat(heard.toString().split("event: ", -1)).hasSize(3);
        }
        awaitLastOutcome(Outcome.CUT_SHORT);
    }

    @Test
    void aMalformedEventIsNotJson() throws Exception {
        Reply reply = caller.edit(form().field("stream", "true").field("partial_images", "2"), "x-mock-scenario",
                "malformed-sse; at=1");

        String text = new String(reply.raw().body(), StandardCharsets.UTF_8);
        assertThat(text).endsWith("data: {\"type\":\"\n\n").doesNotContain("image_edit.completed");
        assertThat(text.split("event: ", -1)).hasSize(3);
    }

    @Test
    void usageCanBeMissingAndImagesCanBeFewer() throws Exception {
        Reply reply = caller.edit(form().field("n", "3"), "x-mock-scenario", "missing-usage, fewer-images; by=1");

        assertThat(reply.json().path("data")).hasSize(2);
        assertThat(reply.json().has("usage")).isFalse();
    }

    @Test
    void aLargeAnswerIsStillJson() throws Exception {
        Reply reply = edit("large-answer; mb=3");

        assertThat(reply.raw().body().length).isGreaterThan(3 * 1024 * 1024);
        assertThat(reply.json().path("data")).hasSize(1);
    }

    @Test
    void aDelayBetweenEventsSpreadsThem() throws Exception {
        long begun = System.nanoTime();

        caller.edit(form().field("stream", "true").field("partial_images", "2"), "x-mock-scenario",
                "delay; between=150");

        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isGreaterThanOrEqualTo(Duration.ofMillis(300));
    }

    @Test
    void aClientThatLeavesDuringADelayIsNoticed() throws Exception {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), mock.port())) {
            socket.getOutputStream().write(getModels("delay; ms=60000"));
            long until = System.nanoTime() + Duration.ofSeconds(10).toNanos();
            while (mock.journal().inFlight() == 0 && System.nanoTime() < until) {
                Thread.onSpinWait();
            }
        }
        awaitLastOutcome(Outcome.CLIENT_GONE);
        assertThat(mock.journal().inFlight()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"explode", "delay; ms=soon", "status; kode=3", "status; body=\"open"})
    void whatMeansNothingIsRefusedWithTheNames(String scenario) throws Exception {
        Reply reply = edit(scenario);

        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.code()).isEqualTo("unknown_scenario");
        if (scenario.equals("explode")) {
            assertThat(reply.message()).contains(ScenarioNames.all());
        }
    }

    @Test
    void theControlEndpointScriptsTheNextRequests() throws Exception {
        caller.postJson("/mock/scenarios",
                "{\"scenario\":\"status; code=503\",\"times\":2,\"path\":\"/v1/images/edits\"}");
        caller.postJson("/mock/scenarios",
                "{\"scenarios\":[{\"name\":\"delay\",\"ms\":1}],\"times\":\"until-cleared\"}");

        assertThat(caller.get("/v1/models").status()).isEqualTo(200);
        assertThat(caller.edit(form()).status()).isEqualTo(503);
        assertThat(caller.edit(form()).status()).isEqualTo(503);
        assertThat(caller.edit(form()).status()).isEqualTo(200);
        assertThat(mock.journal().last().orElseThrow().scenarios()).containsExactly("delay; ms=1");
        assertThat(caller.delete("/mock/scenarios").json().path("waiting")).isEmpty();
        assertThat(mock.scenarios().waiting()).isEmpty();
    }

    @Test
    void theControlEndpointRefusesNonsenseAndObeysNoScenario() throws Exception {
        mock.scenarios().always(Scenario.status(500));

        assertThat(caller.get("/healthz").status()).isEqualTo(200);
        Reply reply = caller.postJson("/mock/scenarios", "{\"scenario\":\"explode\"}");
        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.message()).contains("cut-stream");
        assertThat(caller.postJson("/mock/scenarios", "{\"scenario\":\"reset\",\"times\":0}").status()).isEqualTo(400);
    }

    @Test
    void javaScriptsInTheSameQueue() throws Exception {
        mock.scenarios().next(Scenario.rateLimit(3));

        assertThat(caller.get("/v1/models").status()).isEqualTo(429);
        assertThat(caller.get("/v1/models").status()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"delay; ms=5; between=6", "status; code=418; body=\"a\\\"b;c\"; header.a=\"b\"", "reset",
            "truncate; after=3", "malformed-sse; at=2", "cut-stream; after=1", "missing-usage", "fewer-images; by=2",
            "changed-outside", "large-answer; mb=2", "flag; containing=\"x y\"; sha256=ab; category=\"hate\""})
    void aDescriptionReadsBackAsTheSameScenario(String text) {
        List<Scenario> once = ScenarioNames.parse(text);

        assertThat(ScenarioNames.parse(ScenarioNames.describe(once.getFirst()))).isEqualTo(once);
        assertThat(ScenarioNames.describe(once.getFirst())).isEqualTo(text);
    }
}
