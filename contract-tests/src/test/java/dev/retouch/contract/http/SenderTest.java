package dev.retouch.contract.http;

import java.io.IOException;
import java.net.SocketException;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import dev.retouch.contract.harness.CheapEdit;
import dev.retouch.contract.harness.Contract;
import dev.retouch.contract.harness.Endpoint;
import dev.retouch.contract.harness.Form;
import dev.retouch.contract.harness.Gateways;
import dev.retouch.contract.harness.RawConnection;
import dev.retouch.contract.harness.Reply;
import dev.retouch.contract.harness.ResourceSnapshot;
import dev.retouch.contract.harness.RunningGateway;
import dev.retouch.mock.scenario.Scenario;

import static org.assertj.core.api.Assertions.assertThat;

/** How requests come in: asking first, in a hurry, hardly at all, or with too much at their head. */
@TestInstance(Lifecycle.PER_CLASS)
class SenderTest {

    private static final Form EDIT = CheapEdit.form();

    private final Contract contract = new Contract();
    private final RunningGateway gateway;
    private final Endpoint endpoint;

    SenderTest() {
        Gateways.ownOnly();
        gateway = RunningGateway.start(Map.of("RETOUCH_HTTP_MIN_RATE", "1KB", "RETOUCH_HTTP_MIN_RATE_AFTER", "300ms",
                "RETOUCH_HTTP_H2C_UPGRADE", "true"));
        endpoint = gateway.endpoint();
    }

    @AfterAll
    void stop() {
        gateway.close();
    }

    @Test
    void expectContinueNeedsAValidKey() throws IOException {
        String[] headers = {"Content-Type: " + EDIT.contentType(), "Content-Length: " + EDIT.bytes().length,
                "Expect: 100-continue"};
        try (RawConnection client = new RawConnection(endpoint)) {
            client.send(RawConnection.head(endpoint, headers));
            assertThat(client.line()).isEqualTo("HTTP/1.1 100 Continue");
            assertThat(client.line()).isEmpty();
            assertThat(client.send(EDIT.bytes()).reply().status()).isEqualTo(200);
        }
        try (RawConnection client = new RawConnection(endpoint)) {
            Reply refusal = client.send(RawConnection.head(endpoint, "Authorization: Bearer sk-wrong", headers[0],
                    headers[1], headers[2])).reply();
            assertThat(refusal.status()).as("the first line that comes").isEqualTo(401);
            assertThat(refusal.header("connection")).contains("close");
        }
    }

    @ParameterizedTest
    @EnumSource(Version.class)
    void aClientThatWaitsForTheWordGetsIt(Version version) throws IOException, InterruptedException {
        try (HttpClient client = HttpClient.newBuilder().version(version).build()) {
            assertThat(client.send(endpoint.request("/v1/models").GET().build(), BodyHandlers.ofString()).version())
                    .isEqualTo(version);
            for (String key : new String[]{endpoint.key(), "sk-wrong"}) {
                HttpResponse<String> answer = client.send(new Endpoint(endpoint.baseUrl(), key)
                        .request(Endpoint.EDITS).header("Content-Type", EDIT.contentType()).expectContinue(true)
                        .POST(BodyPublishers.ofByteArray(EDIT.bytes())).build(), BodyHandlers.ofString());
                assertThat(answer.statusCode()).as(answer.body()).isEqualTo(key.equals("sk-wrong") ? 401 : 200);
            }
        }
    }

    @Test
    void pipelinedEditsAreAnsweredInOrder() throws IOException {
        gateway.sandbox().scenarios().next(Scenario.delay(Duration.ofMillis(900)));
        byte[] second = CheapEdit.form().text("n", "2").bytes();
        try (RawConnection client = new RawConnection(endpoint)) {
            client.send(head(EDIT.bytes())).send(EDIT.bytes()).send(head(second)).send(second);
            Reply first = client.reply();
            assertThat(first.status()).as(first.beginning()).isEqualTo(200);
            assertThat(first.json().path("data")).hasSize(1);
            Reply next = client.reply();
            assertThat(next.status()).as(next.beginning()).isEqualTo(200);
            assertThat(next.json().path("data")).hasSize(2);
        }
    }

    private String head(byte[] body) {
        return RawConnection.head(endpoint, "Content-Type: " + EDIT.contentType(), "Content-Length: " + body.length);
    }

    /** Never silent for as long as the idle limit, and still not to be waited for. */
    @Test
    void aBodyThatTricklesIsNotWaitedFor() throws IOException {
        ResourceSnapshot before = ResourceSnapshot.of(gateway);
        try (RawConnection client = new RawConnection(endpoint)) {
            client.send(head(new byte[100_000])).send(new String(EDIT.bytes(), 0, 200, StandardCharsets.ISO_8859_1));
            AtomicBoolean answered = new AtomicBoolean();
            Thread sender = Thread.ofVirtual().start(() -> trickle(client, answered));
            Reply reply = client.reply();
            answered.set(true);
            join(sender);
            JsonNode documented = contract.error("request_timeout");
            assertThat(reply.status()).as(reply.beginning()).isEqualTo(408)
                    .isEqualTo(documented.path("status").asInt());
            assertThat(reply.error().path("code").asText()).isEqualTo("request_timeout");
            assertThat(reply.error().path("message").asText()).contains("fewer than 1024 bytes per second");
            assertThat(reply.header("x-should-retry")).contains("true");
        }
        before.assertNothingMore();
    }

    private static void trickle(RawConnection client, AtomicBoolean answered) {
        try {
            while (!answered.get()) {
                client.send("x");
                LockSupport.parkNanos(20_000_000);
            }
        } catch (SocketException e) {
            // the gateway has had enough
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static void join(Thread sender) {
        try {
            sender.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void headersHaveALimit() {
        Reply fits = RawConnection.exchange(endpoint, models(15_000));
        assertThat(fits.status()).as(fits.beginning()).isEqualTo(200);
        Reply tooLong = RawConnection.exchange(endpoint, models(17_000));
        assertThat(tooLong.status()).isEqualTo(431);
        assertThat(tooLong.error().path("code").asText()).isEqualTo("malformed_request");
        assertThat(tooLong.header("x-request-id")).isPresent();
    }

    private String models(int headerBytes) {
        return "GET /v1/models HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + endpoint.key() + "\r\nx-long: "
                + "a".repeat(headerBytes) + "\r\n\r\n";
    }
}
