package dev.retouch.server.http;

import java.net.http.HttpClient;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/** A server that shuts down finishes running requests and rejects later requests. */
@Timeout(60)
@Tag("slow")
final class ShutdownPolicyTest {

    private static final Duration LONG = Duration.ofSeconds(40);

    @TempDir
    private Path folder = Path.of(".");

    @ParameterizedTest
    @EnumSource(Version.class)
    void drainsRunningRequestsAndRefusesNewOnes(Version version) throws Exception {
        try (Door door = Door.open(folder, new ShutdownPolicy(Duration.ZERO, LONG));
                HttpClient client = door.client(version)) {
            assertThat(client.send(read(door), BodyHandlers.ofString()).statusCode()).isEqualTo(200);
            CompletableFuture<HttpResponse<String>> edit = client.sendAsync(door.post("/slow"),
                    BodyHandlers.ofString());
            door.desk.awaitArrival();
            assertThat(door.api.inFlight()).isEqualTo(1);
            Thread closing = Thread.ofVirtual().start(door.front::close);
            while (!door.api.exchanges().isRefusing()) {
                Thread.onSpinWait();
            }
            assertThat(door.front.isAccepting()).isFalse();

            HttpResponse<String> late = client.send(door.post("/quick"), BodyHandlers.ofString());
            assertThat(late.statusCode()).isEqualTo(503);
            assertThat(late.body()).contains("server_stopping");
            assertThat(late.headers().firstValue("x-should-retry")).contains("true");
            assertThat(late.headers().firstValue("retry-after")).contains("1");
            if (version == Version.HTTP_1_1) {
                assertThat(late.headers().firstValue("connection")).contains("close");
            } else {
                assertThat(late.headers().firstValue("connection")).isEmpty();
            }
            assertThat(client.send(read(door), BodyHandlers.ofString()).statusCode()).isEqualTo(200);

            door.desk.finishAll();
            assertThat(edit.get().statusCode()).isEqualTo(200);
            closing.join();
            assertThat(door.api.inFlight()).isZero();
        }
    }

    @Test
    void cancelsRequestsAfterTheDrainTimeout() throws Exception {
        try (Door door = Door.open(folder, new ShutdownPolicy(Duration.ZERO, Duration.ofMillis(300)));
                HttpClient client = door.client(Version.HTTP_1_1)) {
            CompletableFuture<HttpResponse<String>> edit = client.sendAsync(door.post("/slow"),
                    BodyHandlers.ofString());
            door.desk.awaitArrival();
            door.front.close();
            assertThat(door.desk.awaitEnd()).isEqualTo("STOPPING");
            assertThat(edit.get().statusCode()).isEqualTo(503);
            assertThat(edit.get().body()).contains("server_stopped");
            assertThat(edit.get().headers().firstValue("x-should-retry")).contains("false");
        }
    }

    @Test
    void editsAreStillTakenUntilTheDelayIsOver() throws Exception {
        try (Door door = Door.open(folder, new ShutdownPolicy(LONG, LONG));
                HttpClient client = door.client(Version.HTTP_1_1)) {
            Thread closing = Thread.ofVirtual().start(door.front::close);
            while (door.front.isAccepting()) {
                Thread.onSpinWait();
            }
            assertThat(client.send(door.post("/quick"), BodyHandlers.ofString()).body()).isEqualTo("quick");
            closing.interrupt(); // ends the grace period early
            closing.join();
        }
    }

    private static HttpRequest read(Door door) {
        return HttpRequest.newBuilder(door.at("/read")).build();
    }
}
