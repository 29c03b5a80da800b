package dev.retouch.contract.access;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import dev.retouch.contract.harness.Admin;
import dev.retouch.contract.harness.CheapEdit;
import dev.retouch.contract.harness.Endpoint;
import dev.retouch.contract.harness.Gateways;
import dev.retouch.contract.harness.Reply;
import dev.retouch.contract.harness.RunningGateway;
import dev.retouch.mock.scenario.Scenario;

import static org.assertj.core.api.Assertions.assertThat;

/** The figures of an instance: what they count, and the life of their streams. */
class FiguresTest {

    private static final int MAX_STREAMS = 16;
    private static final String STREAM = "/admin/v1/figures/stream";

    FiguresTest() {
        Gateways.ownOnly();
    }

    private static RunningGateway gateway() {
        return RunningGateway.start(Map.of("RETOUCH_ADMIN_TOKEN", Admin.TOKEN, "RETOUCH_SHUTDOWN_GRACE", "60s"));
    }

    private static JsonNode figures(RunningGateway gateway) {
        Reply reply = Admin.of(gateway).get("figures");
        assertThat(reply.status()).as(reply.beginning()).isEqualTo(200);
        return reply.json();
    }

    /** The edits of all hours in a state: the hour may change during a test. */
    private static long counted(JsonNode figures, String state) {
        return figures.path("hours").findValues(state).stream().mapToLong(JsonNode::asLong).sum();
    }

    /** An open stream of figures. */
    private record Stream(HttpResponse<InputStream> response, BufferedReader lines) implements AutoCloseable {

        private static final ObjectMapper JSON = new ObjectMapper();

        static Stream open(HttpClient client, RunningGateway gateway) {
            try {
                HttpResponse<InputStream> response = client.send(new Endpoint(gateway.baseUrl(), Admin.TOKEN)
                        .request(STREAM).GET().build(), BodyHandlers.ofInputStream());
                return new Stream(response, new BufferedReader(
                        new InputStreamReader(response.body(), StandardCharsets.UTF_8)));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(e);
            }
        }

        /** The figures of the next event. */
        JsonNode next() throws IOException {
            String line = lines.readLine();
            while (line != null && !line.startsWith("data: ")) {
                line = lines.readLine();
            }
            return parsed(line == null ? "" : line.substring("data: ".length()));
        }

        private static JsonNode parsed(String data) throws JsonProcessingException {
            return JSON.readTree(data);
        }

        boolean isAtEnd() throws IOException {
            String line = lines.readLine();
            while (line != null) {
                line = lines.readLine();
            }
            return true;
        }

        @Override
        public void close() {
            try {
                response.body().close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    @Test
    void countsEditsByState() {
        try (RunningGateway gateway = gateway()) {
            assertThat(figures(gateway).has("p50_ms")).as("durations without an edit").isFalse();
            Endpoint client = Admin.of(gateway).group("counted", "").key("counted", "");
            client.edit(CheapEdit.form());
            gateway.sandbox().scenarios().next(Scenario.status(500));
            client.edit(CheapEdit.form());
            client.edit("{}");
            // the edits per hour can be some seconds old
            JsonNode figures = Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> figures(gateway),
                    found -> counted(found, "settled") + counted(found, "undecided") == 2);
            assertThat(counted(figures, "settled")).isEqualTo(1);
            assertThat(counted(figures, "released")).isZero();
            assertThat(counted(figures, "held")).isZero();
            assertThat(figures.path("hours")).hasSize(24);
            assertThat(figures.path("p50_ms").asLong(-1)).isBetween(0L, figures.path("p95_ms").asLong(-1));
            assertThat(figures.at("/upstreams/0/name").asText()).isEqualTo("sandbox");
            assertThat(figures.path("running").asInt(-1)).isZero();
        }
    }

    @Test
    void streamSendsEachChange() throws IOException {
        try (RunningGateway gateway = gateway();
                HttpClient client = HttpClient.newHttpClient();
                Stream stream = Stream.open(client, gateway)) {
            assertThat(stream.response().headers().firstValue("content-type").orElse(""))
                    .startsWith("text/event-stream");
            assertThat(counted(stream.next(), "settled")).isZero();
            gateway.endpoint().edit(CheapEdit.form());
            JsonNode changed = stream.next();
            while (counted(changed, "settled") == 0) { // the edit may be in flight in one event
                changed = stream.next();
            }
            assertThat(counted(changed, "settled")).isEqualTo(1);
            assertThat(changed.path("running").asInt(-1)).isZero();
        }
    }

    /** A stream holds a thread and a connection, so there are few; a shutdown does not wait for them. */
    @Test
    void streamsAreBoundedAndEndAtShutdown() throws IOException {
        RunningGateway gateway = gateway();
        boolean running = true;
        List<Stream> open = new ArrayList<>();
        HttpClient client = HttpClient.newHttpClient();
        try {
            for (int i = 0; i < MAX_STREAMS; i++) {
                open.add(Stream.open(client, gateway));
                open.getLast().next();
            }
            Reply refused = Endpoint.send(new Endpoint(gateway.baseUrl(), Admin.TOKEN).request(STREAM).GET());
            assertThat(refused.status()).as(refused.beginning()).isEqualTo(409);
            assertThat(refused.error().path("message").asText()).contains("16 streams of figures are open");
            open.removeLast().close();
            Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> {
                open.add(Stream.open(client, gateway));
                return open.getLast().response().statusCode() == 200;
            });
            long start = System.nanoTime();
            running = false;
            gateway.close();
            assertThat(Duration.ofNanos(System.nanoTime() - start)).as("time of the shutdown")
                    .isLessThan(Duration.ofSeconds(30));
            for (Stream stream : open) {
                assertThat(stream.isAtEnd()).isTrue();
            }
        } finally {
            open.forEach(Stream::close);
            client.close();
            if (running) {
                gateway.close();
            }
        }
    }
}
