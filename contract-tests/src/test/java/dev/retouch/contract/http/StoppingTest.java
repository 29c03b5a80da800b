package dev.retouch.contract.http;

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
import dev.retouch.contract.harness.CheapEdit;
import dev.retouch.contract.harness.Contract;
import dev.retouch.contract.harness.Endpoint;
import dev.retouch.contract.harness.Gateways;
import dev.retouch.contract.harness.LaunchedProcess;
import dev.retouch.contract.harness.LedgerProbe;
import dev.retouch.contract.harness.Reply;
import dev.retouch.mock.MockOptions;
import dev.retouch.mock.MockUpstream;
import dev.retouch.mock.scenario.Scenario;

import static org.assertj.core.api.Assertions.assertThat;

/** A gateway that shuts down finishes its edits or accounts for them, and the ledger balances in both cases. */
@Timeout(120)
class StoppingTest {

    private static final Duration TIMEOUT = Duration.ofSeconds(30);

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
                LaunchedProcess gateway = launch(upstream, "20s")) {
            Endpoint caller = caller(gateway);
            upstream.scenarios().next(Scenario.delay(Duration.ofSeconds(4)));
            CompletableFuture<Reply> edit = CompletableFuture.supplyAsync(() -> caller.edit(CheapEdit.form()));
            awaitAtWork();
            CompletableFuture<Duration> stopped = CompletableFuture.supplyAsync(gateway::terminate);

            Awaitility.await().atMost(TIMEOUT).until(() -> Endpoint.fetch(caller.at("/readyz")).status() == 503);
            Awaitility.await().atMost(TIMEOUT)
                    .untilAsserted(() -> assertRefusal(caller.edit(CheapEdit.form()), "server_stopping"));
            Reply edited = edit.join();
            assertThat(edited.status()).as(edited.beginning()).isEqualTo(200);
            assertThat(stopped.join()).isLessThan(Duration.ofSeconds(20));
            assertThat(gateway.err()).contains("shutdown started in-flight=").doesNotContain("ERROR");
        }
        try (LedgerProbe books = books()) {
            books.assertSound();
            assertThat(books.edits("state = 'settled'")).isEqualTo(1);
            assertThat(books.edits("state <> 'settled'")).isZero();
        }
    }

    @Test
    void unfinishedEditIsReportedAndAccountedFor() {
        try (MockUpstream upstream = MockUpstream.start(MockOptions.defaults());
                LaunchedProcess gateway = launch(upstream, "500ms")) {
            Endpoint caller = caller(gateway);
            upstream.scenarios().next(Scenario.delay(Duration.ofSeconds(60)));
            CompletableFuture<Reply> edit = CompletableFuture.supplyAsync(() -> caller.edit(CheapEdit.form()));
            awaitAtWork();
            assertThat(gateway.terminate()).isLessThan(Duration.ofSeconds(15));
            assertRefusal(edit.join(), "server_stopped");
            assertThat(gateway.err()).doesNotContain("ERROR");
        }
        try (LedgerProbe books = books()) {
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
        try (LedgerProbe books = books()) {
            Awaitility.await().atMost(TIMEOUT).until(() -> books.edits("state = 'held'") == 1);
        }
    }

    private LedgerProbe books() {
        return LedgerProbe.of(folder.resolve("retouch-data"));
    }

    private static Endpoint caller(LaunchedProcess gateway) {
        String address = gateway.awaitOutput("Retouch is up +(http://127\\.0\\.0\\.1:\\d+)").group(1);
        Admin admin = new Admin(java.net.URI.create(address), Admin.TOKEN);
        return admin.as(admin.issue("default", "\"budget\":\"10\""));
    }

    private LaunchedProcess launch(MockUpstream upstream, String grace) {
        Map<String, String> environment = new HashMap<>(Map.of("RETOUCH_PORT", "0", "RETOUCH_ADMIN_TOKEN", Admin.TOKEN,
                "RETOUCH_BOOTSTRAP_KEY", "sk-of-the-operator", "RETOUCH_UPSTREAM_KEY",
                "sk-of-the-upstream", "RETOUCH_SHUTDOWN_GRACE", grace, "RETOUCH_JAVA_OPTS",
                "-XX:TieredStopAtLevel=1"));
        environment.put("RETOUCH_UPSTREAM_URL", upstream.baseUrl().toString());
        return LaunchedProcess.retouch(folder, environment, "serve");
    }
}
