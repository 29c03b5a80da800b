package dev.retouch.contract.front;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

import com.fasterxml.jackson.databind.JsonNode;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import dev.retouch.contract.harness.Admin;
import dev.retouch.contract.harness.Books;
import dev.retouch.contract.harness.CheapEdit;
import dev.retouch.contract.harness.Contract;
import dev.retouch.contract.harness.Endpoint;
import dev.retouch.contract.harness.Gateways;
import dev.retouch.contract.harness.Launched;
import dev.retouch.contract.harness.Reply;
import dev.retouch.mock.MockOptions;
import dev.retouch.mock.MockUpstream;
import dev.retouch.mock.scenario.Scenario;

import static org.assertj.core.api.Assertions.assertThat;

/** A gateway that is told to stop finishes what it has begun, or accounts for it, and the books are right either way. */
@Timeout(120)
class StoppingTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Contract contract = new Contract();

    @TempDir
    private Path folder = Path.of(".");

    @BeforeAll
    static void ownOnly() {
        Gateways.ownOnly();
    }

    @Test
    void anEditInFlightFinishesAndIsPaid() {
        try (MockUpstream upstream = MockUpstream.start(MockOptions.defaults());
                Launched gateway = launch(upstream, "20s")) {
            Endpoint caller = caller(gateway);
            upstream.scenarios().next(Scenario.delay(Duration.ofSeconds(4)));
            CompletableFuture<Reply> edit = CompletableFuture.supplyAsync(() -> caller.edit(CheapEdit.form()));
            awaitAtWork();
            CompletableFuture<Duration> stopped = CompletableFuture.supplyAsync(gateway::terminate);

            Awaitility.await().atMost(PATIENCE).until(() -> Endpoint.fetch(caller.at("/readyz")).status() == 503);
            Awaitility.await().atMost(PATIENCE)
                    .untilAsserted(() -> assertRefusal(caller.edit(CheapEdit.form()), "server_stopping"));
            Reply edited = edit.join();
            assertThat(edited.status()).as(edited.beginning()).isEqualTo(200);
            assertThat(stopped.join()).isLessThan(Duration.ofSeconds(20));
            assertThat(gateway.err()).contains("stopping in-flight=").doesNotContain("ERROR");
        }
        try (Books books = books()) {
            books.assertSound();
            assertThat(books.edits("state = 'settled'")).isEqualTo(1);
            assertThat(books.edits("state <> 'settled'")).isZero();
        }
    }

    @Test
    void anEditThatDoesNotFinishInTimeIsToldSoAndAccountedFor() {
        try (MockUpstream upstream = MockUpstream.start(MockOptions.defaults());
                Launched gateway = launch(upstream, "500ms")) {
            Endpoint caller = caller(gateway);
            upstream.scenarios().next(Scenario.delay(Duration.ofSeconds(60)));
            CompletableFuture<Reply> edit = CompletableFuture.supplyAsync(() -> caller.edit(CheapEdit.form()));
            awaitAtWork();
            assertThat(gateway.terminate()).isLessThan(Duration.ofSeconds(15));
            assertRefusal(edit.join(), "server_stopped");
            assertThat(gateway.err()).doesNotContain("ERROR");
        }
        try (Books books = books()) {
            books.assertSound();
            assertThat(books.edits("state = 'held'")).as("left for the next start to find").isZero();
            assertThat(books.edits("state IN ('settled', 'released', 'undecided')")).isEqualTo(1);
        }
    }

    private void assertRefusal(Reply reply, String code) {
        JsonNode documented = contract.error(code);
        assertThat(reply.error().path("code").asText()).as(reply.beginning()).isEqualTo(code);
        assertThat(reply.status()).isEqualTo(documented.path("status").asInt());
        assertThat(reply.error().path("type").asText()).isEqualTo(documented.path("type").asText());
        assertThat(reply.header("x-should-retry")).contains(documented.path("retry").asText());
    }

    /** An edit has been sent when its money is held. */
    private void awaitAtWork() {
        try (Books books = books()) {
            Awaitility.await().atMost(PATIENCE).until(() -> books.edits("state = 'held'") == 1);
        }
    }

    private Books books() {
        return Books.of(folder.resolve("retouch-data"));
    }

    private static Endpoint caller(Launched gateway) {
        String address = gateway.awaitOutput("Retouch is up +(http://127\\.0\\.0\\.1:\\d+)").group(1);
        Admin admin = new Admin(java.net.URI.create(address), Admin.TOKEN);
        return admin.as(admin.issue("default", "\"budget\":\"10\""));
    }

    private Launched launch(MockUpstream upstream, String grace) {
        Map<String, String> environment = new HashMap<>(Map.of("RETOUCH_PORT", "0", "RETOUCH_ADMIN_TOKEN", Admin.TOKEN,
                "RETOUCH_BOOTSTRAP_KEY", "sk-of-the-operator", "RETOUCH_UPSTREAM_KEY",
                "sk-of-the-upstream", "RETOUCH_SHUTDOWN_GRACE", grace, "RETOUCH_JAVA_OPTS",
                "-XX:TieredStopAtLevel=1"));
        environment.put("RETOUCH_UPSTREAM_URL", upstream.baseUrl().toString());
        return Launched.retouch(folder, environment, "serve");
    }
}
