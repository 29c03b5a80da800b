package dev.retouch.contract.idempotency;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.retouch.contract.harness.Admin;
import dev.retouch.contract.harness.CheapEdit;
import dev.retouch.contract.harness.ConcurrentRequests;
import dev.retouch.contract.harness.Endpoint;
import dev.retouch.contract.harness.Gateways;
import dev.retouch.contract.harness.LaunchedProcess;
import dev.retouch.contract.harness.LedgerProbe;
import dev.retouch.contract.harness.Reply;
import dev.retouch.mock.MockUpstream;
import dev.retouch.mock.scenario.Scenario;

import static org.assertj.core.api.Assertions.assertThat;

/** A gateway killed in the middle of an edit never dispatches it again, whichever request repeats it. */
class KilledAgainTest {

    private static final Map<String, String> SETTINGS = Map.of("RETOUCH_PORT", "0", "RETOUCH_ADMIN_TOKEN", Admin.TOKEN,
            "RETOUCH_UPSTREAM_KEY", "sk-of-the-upstream", "RETOUCH_BILLING_DEAD_AFTER", "3s",
            "RETOUCH_TASKS_MAX_RUNNING", "1", "RETOUCH_JAVA_OPTS", "-XX:TieredStopAtLevel=1");

    @TempDir
    private Path folder = Path.of(".");

    @BeforeAll
    static void ownOnly() {
        Gateways.ownOnly();
    }

    private LaunchedProcess launch(MockUpstream upstream) {
        Map<String, String> environment = new HashMap<>(SETTINGS);
        environment.put("RETOUCH_UPSTREAM_URL", upstream.baseUrl().toString());
        return LaunchedProcess.retouch(folder, environment, "serve");
    }

    private static Admin admin(LaunchedProcess gateway) {
        return new Admin(URI.create(gateway.awaitOutput("Retouch is up +(http://127\\.0\\.0\\.1:\\d+)").group(1)),
                Admin.TOKEN);
    }

    private static Asker asker(LaunchedProcess gateway, JsonNode issued) {
        return new Asker(new Endpoint(admin(gateway).baseUrl(), issued.path("secret").asText()));
    }

    @Test
    void anEditUnderAKeyIsNotSentAgain() {
        try (MockUpstream upstream = MockUpstream.start()) {
            upstream.scenarios().always(Scenario.delay(Duration.ofSeconds(20)));
            JsonNode issued;
            try (LaunchedProcess gateway = launch(upstream)) {
                issued = admin(gateway).group("killed", "").issue("killed", "\"budget\":\"1\"");
                Asker first = asker(gateway, issued);
                CompletableFuture<Reply> lost = CompletableFuture
                        .supplyAsync(() -> first.under("killed", CheapEdit.form()));
                Asker.awaitEdits(upstream, 1);
                gateway.kill();
                assertThat(lost).failsWithin(Duration.ofSeconds(20));
            }
            try (LaunchedProcess gateway = launch(upstream)) {
                Asker second = asker(gateway, issued);
                Reply again = ConcurrentRequests.waitingAsTold(() -> second.under("killed", CheapEdit.form()));
                assertThat(again.status()).as(again.beginning()).isEqualTo(409);
                assertThat(again.error().path("code").asText()).isEqualTo("idempotency_outcome_unknown");
                assertThat(again.error().path("message").asText()).contains("GET /v1/usage");
                assertThat(Asker.edits(upstream)).isEqualTo(1);
                upstream.scenarios().clear();
                assertThat(second.under("another", CheapEdit.form()).status()).isEqualTo(200);
            }
            try (LedgerProbe books = LedgerProbe.of(folder.resolve("retouch-data"))) {
                books.assertSound();
            }
        }
    }

    @Test
    void killedTaskIsNotRepeatedButQueuedTasksRun() {
        try (MockUpstream upstream = MockUpstream.start()) {
            upstream.scenarios().always(Scenario.delay(Duration.ofSeconds(20)));
            JsonNode issued;
            List<String> ids = new ArrayList<>();
            try (LaunchedProcess gateway = launch(upstream)) {
                issued = admin(gateway).group("killed", "").issue("killed", "");
                for (int i = 0; i < 3; i++) {
                    ids.add(Asker.idOf(asker(gateway, issued).later(CheapEdit.form("prompt " + i))));
                }
                Asker.awaitEdits(upstream, 1);
                gateway.kill();
            }
            upstream.scenarios().clear();
            try (LaunchedProcess gateway = launch(upstream)) {
                Asker asker = asker(gateway, issued);
                Reply cutOff = asker.taskOnceIn("failed", ids.getFirst());
                assertThat(cutOff.json().path("error").path("code").asText()).isEqualTo("task_cut_off");
                assertThat(cutOff.json().path("error").path("message").asText())
                        .startsWith("The gateway stopped during this edit");
                asker.taskOnceIn("succeeded", ids.get(1));
                asker.taskOnceIn("succeeded", ids.get(2));
            }
            assertThat(upstream.journal().entries().stream().flatMap(entry -> entry.field("prompt").stream()))
                    .containsExactlyInAnyOrder("prompt 0", "prompt 1", "prompt 2");
        }
    }
}
