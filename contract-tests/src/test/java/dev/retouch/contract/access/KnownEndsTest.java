package dev.retouch.contract.access;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.retouch.contract.harness.Admin;
import dev.retouch.contract.harness.CheapEdit;
import dev.retouch.contract.harness.DatabaseProxy;
import dev.retouch.contract.harness.Endpoint;
import dev.retouch.contract.harness.Gateways;
import dev.retouch.contract.harness.LaunchedProcess;
import dev.retouch.contract.harness.LedgerProbe;
import dev.retouch.contract.harness.Postgres;
import dev.retouch.contract.harness.Reply;
import dev.retouch.contract.harness.RunningGateway;
import dev.retouch.mock.MockOptions;
import dev.retouch.mock.MockUpstream;
import dev.retouch.mock.scenario.Scenario;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The database is away, edits end, and the gateway is killed: the next one charges what was delivered, and nothing else. Without the journal
 * both edits would be undecided, their holds would remain, and both would be charged in full.
 */
class KnownEndsTest {

    private static final Duration SOON = Duration.ofSeconds(40);
    private static final Map<String, String> SETTINGS = Map.of("RETOUCH_PORT", "0", "RETOUCH_ADMIN_TOKEN", Admin.TOKEN,
            "RETOUCH_UPSTREAM_KEY", "sk-of-the-upstream", "RETOUCH_JAVA_OPTS", "-XX:TieredStopAtLevel=1");

    @TempDir
    private Path folder = Path.of(".");

    KnownEndsTest() {
        Gateways.ownOnly();
    }

    private LaunchedProcess launch(MockUpstream upstream, String database) {
        Map<String, String> environment = new HashMap<>(SETTINGS);
        environment.put("RETOUCH_UPSTREAM_URL", upstream.baseUrl().toString());
        environment.put("RETOUCH_DATABASE_URL", database);
        return LaunchedProcess.retouch(folder, environment, "serve");
    }

    private static Admin admin(LaunchedProcess gateway) {
        return new Admin(URI.create(gateway.awaitOutput("Retouch is up +(http://127\\.0\\.0\\.1:\\d+)").group(1)),
                Admin.TOKEN);
    }

    private List<String> journals() throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve("retouch-data").resolve("ends"))) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }

    @Test
    void editsThatEndedWhileTheDatabaseWasAwayAreChargedExactlyAfterAKill() throws IOException {
        try (Postgres postgres = Postgres.start();
                DatabaseProxy proxy = DatabaseProxy.to(postgres.port());
                MockUpstream upstream = MockUpstream.start(MockOptions.defaults().withJournalEntries(100))) {
            String database = postgres.newDatabase(proxy.port());
            JsonNode issued;
            try (LaunchedProcess gateway = launch(upstream, database)) {
                Admin admin = admin(gateway);
                issued = admin.group("team", "").issue("team", "\"budget\":\"10\"");
                Endpoint caller = admin.as(issued);
                assertThat(caller.edit(CheapEdit.form()).status()).isEqualTo(200);
                upstream.journal().clear();
                upstream.scenarios().next(Scenario.delay(Duration.ofSeconds(2)));
                CompletableFuture<Reply> delivered = CompletableFuture
                        .supplyAsync(() -> caller.edit(CheapEdit.form("delivered")));
                awaitAtUpstream(upstream, 1);
                upstream.scenarios().next(Scenario.delay(Duration.ofSeconds(2)), Scenario.status(400));
                CompletableFuture<Reply> refused = CompletableFuture
                        .supplyAsync(() -> caller.edit(CheapEdit.form("refused")));
                awaitAtUpstream(upstream, 2);
                proxy.cut();
                assertThat(delivered.join().status()).isEqualTo(200);
                assertThat(refused.join().status()).isEqualTo(400);
                assertThat(journals()).hasSize(1);
                gateway.kill();
            }
            proxy.restore();
            try (LaunchedProcess gateway = launch(upstream, database)) {
                Admin admin = admin(gateway);
                String path = "keys/" + issued.at("/key/id").asText();
                Awaitility.await().atMost(SOON).untilAsserted(() -> assertThat(
                        admin.get(path).json().at("/budget/held").asText()).isEqualTo("0"));
                assertThat(admin.get(path).json().at("/budget/spent").asText()).isEqualTo("0.032");
                assertThat(admin.get("edits?state=released").json().path("data")).hasSize(1);
                assertThat(admin.get("edits?state=settled").json().path("data")).hasSize(2)
                        .allSatisfy(edit -> assertThat(edit.has("note")).as(edit.toString()).isFalse());
                assertThat(journals()).isEmpty();
            }
            try (LedgerProbe books = LedgerProbe.shared(database)) {
                books.assertSound();
            }
        }
    }

    /** The ends that no process can read are an operator's work. The gateway names them until they are moved away. */
    @Test
    void readinessNamesAJournalThatCannotBeRead() throws IOException {
        String line = "{\"an end of a later version\":1}\n";
        Path ends = Files.createDirectories(folder.resolve("ends"));
        Files.writeString(ends.resolve("stopped.ends"), line);
        try (RunningGateway gateway = RunningGateway.start(Map.of("RETOUCH_DATA_DIR", folder.toString()))) {
            Reply ready = Endpoint.fetch(gateway.endpoint().at("/readyz"));
            assertThat(ready.status()).as("edits are accepted").isEqualTo(200);
            assertThat(unreadable(ready)).isEqualTo("unreadable: 1");
            Path kept = ends.resolve("stopped.ends.unreadable");
            assertThat(kept).hasContent(line.strip());

            Files.move(kept, folder.resolve("read-by-hand"));
            Awaitility.await().atMost(SOON).untilAsserted(
                    () -> assertThat(unreadable(Endpoint.fetch(gateway.endpoint().at("/readyz")))).isEmpty());
        }
    }

    private static String unreadable(Reply ready) {
        return ready.json().path("checks").path("journals of ends").asText();
    }

    private static void awaitAtUpstream(MockUpstream upstream, int edits) {
        Awaitility.await().atMost(SOON).pollInterval(Duration.ofMillis(10))
                .until(() -> upstream.journal().inFlight() == edits);
    }
}
