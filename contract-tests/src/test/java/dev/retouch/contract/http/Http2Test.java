package dev.retouch.contract.http;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

import dev.retouch.contract.harness.CheapEdit;
import dev.retouch.contract.harness.Form;
import dev.retouch.contract.harness.Gateways;
import dev.retouch.contract.harness.RunningGateway;
import dev.retouch.mock.scenario.Scenario;

import static org.assertj.core.api.Assertions.assertThat;

/** HTTP/2 in clear text on the same port, asked for by the first request of a connection. */
@TestInstance(Lifecycle.PER_CLASS)
class Http2Test {

    private static final Duration IDLE = Duration.ofSeconds(1);
    private static final int LARGE = 20 << 20;

    private final RunningGateway gateway;
    private final HttpClient client = HttpClient.newBuilder().version(Version.HTTP_2).build();

    Http2Test() {
        Gateways.ownOnly();
        gateway = RunningGateway.start(Map.of("RETOUCH_HTTP_IDLE_TIMEOUT", IDLE.toMillis() + "ms",
                "RETOUCH_HTTP_H2C_UPGRADE", "true"));
    }

    /** A body keeps a client from asking for another protocol, so the first request has none. */
    @BeforeEach
    void askForHttp2() throws IOException, InterruptedException {
        HttpResponse<String> models = client.send(gateway.endpoint().request("/v1/models").GET().build(),
                BodyHandlers.ofString());
        assertThat(models.version()).isEqualTo(Version.HTTP_2);
        assertThat(models.statusCode()).isEqualTo(200);
    }

    @AfterAll
    void stop() {
        client.close();
        gateway.close();
    }

    @Test
    void anUpgradeIsIgnoredUnlessItIsOn() throws IOException, InterruptedException {
        try (RunningGateway usual = RunningGateway.start();
                HttpClient fresh = HttpClient.newBuilder().version(Version.HTTP_2).build()) {
            HttpResponse<String> models = fresh.send(usual.endpoint().request("/v1/models").GET().build(),
                    BodyHandlers.ofString());
            assertThat(models.version()).isEqualTo(Version.HTTP_1_1);
            assertThat(models.statusCode()).isEqualTo(200);
        }
    }

    @Test
    void editsSideBySide() {
        List<CompletableFuture<HttpResponse<String>>> answers = IntStream.range(0, 10)
                .mapToObj(number -> client.sendAsync(edit(CheapEdit.form()), BodyHandlers.ofString())).toList();
        assertThat(answers.stream().map(CompletableFuture::join)).allSatisfy(answer -> {
            assertThat(answer.version()).isEqualTo(Version.HTTP_2);
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.headers().firstValue("x-request-id")).isPresent();
            assertThat(answer.headers().firstValue("connection")).isEmpty();
        });
    }

    /** One that starts in HTTP/1.1 and does not say how long its body is must not be taken for HTTP/2. */
    @Test
    void firstRequestWithUnknownLengthIsNotUpgraded() throws IOException, InterruptedException {
        Form form = CheapEdit.form();
        try (HttpClient fresh = HttpClient.newBuilder().version(Version.HTTP_2).build()) {
            HttpResponse<String> answer = fresh.send(
                    edit(form, BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(form.bytes()))),
                    BodyHandlers.ofString());
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        }
    }

    /** More than once, because a stream that ends before its body is a race. */
    @RepeatedTest(5)
    void aRefusalArrivesThoughTheUploadIsUnderWay() throws IOException, InterruptedException {
        HttpResponse<String> answer = client.send(HttpRequest.newBuilder(gateway.endpoint().at("/v1/images/edits"))
                .header("Authorization", "Bearer sk-wrong").header("Content-Type", "multipart/form-data; boundary=x")
                .POST(BodyPublishers.ofByteArray(new byte[LARGE])).build(), BodyHandlers.ofString());
        assertThat(answer.version()).isEqualTo(Version.HTTP_2);
        assertThat(answer.statusCode()).isEqualTo(401);
        assertThat(answer.body()).contains("invalid_api_key");
        assertThat(answer.headers().firstValue("connection")).isEmpty();
    }

    /** Twice the limit and more, because the second time is the one that a server may take for the end. */
    @Test
    void anEditMayTakeItsTime() throws IOException, InterruptedException {
        gateway.sandbox().scenarios().next(Scenario.delay(IDLE.multipliedBy(3)));
        HttpResponse<String> answer = client.send(edit(CheapEdit.form()), BodyHandlers.ofString());
        assertThat(answer.statusCode()).isEqualTo(200);
    }

    @Test
    void errorsComeInTheEnvelope() throws IOException, InterruptedException {
        HttpResponse<String> unknown = client.send(gateway.endpoint().request("/v1/nothing").GET().build(),
                BodyHandlers.ofString());
        assertThat(unknown.statusCode()).isEqualTo(404);
        assertThat(unknown.body()).contains("path_not_found");
        HttpResponse<String> wrong = client.send(edit(Form.empty().text("prompt", "p")), BodyHandlers.ofString());
        assertThat(wrong.statusCode()).isEqualTo(400);
        assertThat(Stream.of(unknown, wrong)).allMatch(answer -> answer.version() == Version.HTTP_2);
    }

    private HttpRequest edit(Form form) {
        return edit(form, BodyPublishers.ofByteArray(form.bytes()));
    }

    private HttpRequest edit(Form form, BodyPublisher body) {
        return gateway.endpoint().request("/v1/images/edits").header("Content-Type", form.contentType()).POST(body)
                .build();
    }
}
