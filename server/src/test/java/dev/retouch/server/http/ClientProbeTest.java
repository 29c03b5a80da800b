package dev.retouch.server.http;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Version;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Disconnects are detected during an edit, and connected clients are not disturbed. */
@Timeout(60)
@Tag("slow")
final class ClientProbeTest {

    /** The expected time is half a second; the rest is for slow machines. */
    private static final Duration SOON = Duration.ofSeconds(3);

    @TempDir
    private Path folder = Path.of(".");

    @ParameterizedTest
    @CsvSource({"false, /slow, CLOSE", "false, /slow, RESET", "false, /slow, HALF_CLOSE", "false, /streamed, CLOSE",
            "false, /streamed, HALF_CLOSE", "true, /slow, CLOSE", "true, /slow, RESET", "true, /streamed, CLOSE"})
    void aClosedConnectionEndsTheExchange(boolean tls, String path, Leaving how) throws Exception {
        try (Door door = Door.open(folder, tls); Socket client = door.connect()) {
            send(client, Door.request(path));
            door.desk.awaitArrival();
            long start = System.nanoTime();
            how.leave(client);
            assertThat(door.desk.awaitEnd()).isEqualTo("CLIENT_GONE");
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(SOON);
        }
    }

    /** How a client disconnects. */
    enum Leaving {
        CLOSE {
            @Override
            void leave(Socket client) throws IOException {
                client.close();
            }
        },
        RESET {
            @Override
            void leave(Socket client) throws IOException {
                client.setSoLinger(true, 0);
                client.close();
            }
        },
        HALF_CLOSE {
            @Override
            void leave(Socket client) throws IOException {
                client.shutdownOutput();
            }
        };

        abstract void leave(Socket client) throws IOException;
    }

    @ParameterizedTest
    @CsvSource({"false, /slow", "false, /streamed", "true, /slow", "true, /streamed"})
    void aStreamThatIsResetEndsTheExchange(boolean tls, String path) throws Exception {
        try (Door door = Door.open(folder, tls); HttpClient client = door.client(Version.HTTP_2)) {
            warmUp(door, client);
            CompletableFuture<HttpResponse<String>> answer = client.sendAsync(door.post(path), BodyHandlers.ofString());
            door.desk.awaitArrival();
            long start = System.nanoTime();
            assertThat(answer.cancel(true)).isTrue();
            assertThat(door.desk.awaitEnd()).isEqualTo("CLIENT_GONE");
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(SOON);

            assertThat(client.send(door.post("/quick"), BodyHandlers.ofString()).body()).isEqualTo("quick");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void lostHttp2ConnectionCancelsAllItsExchanges(boolean tls) throws Exception {
        try (Door door = Door.open(folder, tls); HttpClient client = door.client(Version.HTTP_2)) {
            warmUp(door, client);
            for (int i = 0; i < 3; i++) {
                CompletableFuture<HttpResponse<String>> answer = client.sendAsync(door.post("/slow"),
                        BodyHandlers.ofString());
                assertThat(answer).isNotCompletedExceptionally();
                door.desk.awaitArrival();
            }
            client.shutdownNow();
            for (int i = 0; i < 3; i++) {
                assertThat(door.desk.awaitEnd()).isEqualTo("CLIENT_GONE");
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"false, HTTP_1_1", "true, HTTP_1_1", "false, HTTP_2", "true, HTTP_2"})
    void aClientThatWaitsGetsItsAnswer(boolean tls, Version version) throws Exception {
        try (Door door = Door.open(folder, tls); HttpClient client = door.client(version)) {
            warmUp(door, client);
            for (String path : new String[]{"/slow", "/streamed"}) {
                CompletableFuture<HttpResponse<String>> answer = door.desk
                        .sendAndAwaitArrival(() -> client.sendAsync(door.post(path), BodyHandlers.ofString()));
                if (path.equals("/slow")) {
                    // longer than several probes and several idle timeouts
                    LockSupport.parkNanos(Door.IDLE.multipliedBy(3).toNanos());
                    assertThat(answer).isNotDone();
                    door.desk.finishAll();
                }
                assertThat(answer.get().statusCode()).isEqualTo(200);
                assertThat(answer.get().version()).isEqualTo(version);
                assertThat(answer.get().body()).endsWith("done");
                assertThat(door.desk.awaitEnd()).isEqualTo("finished");
            }
        }
    }

    /** No part of an early next request is lost. */
    @ParameterizedTest
    @CsvSource({"false, 0", "false, 1", "false, 60", "false, 10000", "true, 0", "true, 1", "true, 60", "true, 10000"})
    void pipelinedRequestsAreAnsweredInTheirOrder(boolean tls, int early) throws Exception {
        try (Door door = Door.open(folder, tls); Socket client = door.connect()) {
            String second = Door.request("/quick");
            int cut = Math.min(early, second.length());
            send(client, Door.request("/slow"));
            door.desk.awaitArrival();
            send(client, second.substring(0, cut));
            // so that several probes see the early part
            LockSupport.parkNanos(Duration.ofMillis(700).toNanos());
            door.desk.finishAll();
            send(client, second.substring(cut));
            BufferedReader answers = reader(client);
            assertThat(bodyOf(answers)).isEqualTo("done");
            assertThat(bodyOf(answers)).isEqualTo("quick");
            send(client, Door.request("/quick"));
            assertThat(bodyOf(answers)).isEqualTo("quick");
        }
    }

    @Test
    void requestsThatCameTogetherAreAnsweredInTheirOrder() throws Exception {
        try (Door door = Door.open(folder); Socket client = door.connect()) {
            send(client, Door.request("/slow") + Door.request("/quick") + Door.request("/slow"));
            door.desk.awaitArrival();
            LockSupport.parkNanos(Duration.ofMillis(700).toNanos());
            door.desk.finishAll();
            BufferedReader answers = reader(client);
            assertThat(bodyOf(answers)).isEqualTo("done");
            assertThat(bodyOf(answers)).isEqualTo("quick");
            assertThat(bodyOf(answers)).isEqualTo("done");
        }
    }

    /** A client without TLS negotiates HTTP/2 with its first request, which must not have a body. */
    private static void warmUp(Door door, HttpClient client) throws IOException, InterruptedException {
        assertThat(client.send(java.net.http.HttpRequest.newBuilder(door.at("/read")).build(), BodyHandlers.ofString())
                .body()).isEqualTo("read");
    }

    private static void send(Socket client, String text) throws IOException {
        client.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
        client.getOutputStream().flush();
    }

    private static BufferedReader reader(Socket client) throws IOException {
        return new BufferedReader(new InputStreamReader(client.getInputStream(), StandardCharsets.US_ASCII));
    }

    private static String bodyOf(BufferedReader answers) throws IOException {
        assertThat(answers.readLine()).startsWith("HTTP/1.1 200");
        int length = -1;
        boolean chunked = false;
        for (String line = answers.readLine(); !line.isEmpty(); line = answers.readLine()) {
            String header = line.toLowerCase(java.util.Locale.ROOT);
            if (header.startsWith("content-length:")) {
                length = Integer.parseInt(header.substring(15).strip());
            }
            chunked |= header.equals("transfer-encoding: chunked");
        }
        if (chunked) {
            length = Integer.parseInt(answers.readLine(), 16);
        }
        char[] body = new char[length];
        for (int read = 0; read < length;) {
            read += answers.read(body, read, length - read);
        }
        if (chunked) {
            assertThat(answers.readLine()).isEmpty();
            assertThat(answers.readLine()).isEqualTo("0");
            assertThat(answers.readLine()).isEmpty();
        }
        return new String(body);
    }
}
