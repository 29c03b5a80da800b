package dev.retouch.contract.idempotency;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.retouch.contract.harness.Admin;
import dev.retouch.contract.harness.CheapEdit;
import dev.retouch.contract.harness.ConcurrentRequests;
import dev.retouch.contract.harness.Endpoint;
import dev.retouch.contract.harness.Form;
import dev.retouch.contract.harness.Gateways;
import dev.retouch.contract.harness.LedgerProbe;
import dev.retouch.contract.harness.Postgres;
import dev.retouch.contract.harness.Reply;
import dev.retouch.contract.harness.RunningGateway;
import dev.retouch.mock.MockUpstream;
import dev.retouch.mock.scenario.Scenario;

import static org.assertj.core.api.Assertions.assertThat;

/** Instances that share a database and a data directory are one gateway for keys and tasks, too. */
class SharedAgainTest {

    private static final Form EDIT = CheapEdit.form();

    private final Postgres postgres;
    private final MockUpstream upstream;
    private final String database;

    @TempDir
    private Path shared = Path.of(".");

    private List<RunningGateway> gateways = List.of();

    SharedAgainTest() {
        Gateways.ownOnly();
        postgres = Postgres.start();
        upstream = MockUpstream.start();
        database = postgres.newDatabase();
    }

    @BeforeEach
    void start() {
        gateways = List.of(gateway(), gateway());
    }

    private RunningGateway gateway() {
        return RunningGateway.start(Map.of("RETOUCH_ADMIN_TOKEN", Admin.TOKEN, "RETOUCH_DATABASE_URL", database,
                "RETOUCH_UPSTREAM_URL", upstream.baseUrl().toString(), "RETOUCH_UPSTREAM_KEY", "sk-of-both",
                "RETOUCH_DATA_DIR", shared.toString(),
                "RETOUCH_TASKS_MAX_RUNNING", "1"));
    }

    @AfterEach
    void stop() {
        gateways.forEach(RunningGateway::close);
        upstream.close();
        postgres.close();
    }

    private Asker at(int instance, JsonNode issued) {
        return new Asker(new Endpoint(gateways.get(instance % 2).baseUrl(), issued.path("secret").asText()));
    }

    @Test
    void aKeyIsTakenOnAllInstances() {
        Admin admin = Admin.of(gateways.getFirst()).group("shared", "");
        JsonNode issued = admin.issue("shared", "\"budget\":\"1\"");
        upstream.scenarios().always(Scenario.delay(Duration.ofMillis(300)));

        ConcurrentRequests crowd = ConcurrentRequests.of(20,
                number -> ConcurrentRequests.waitingAsTold(() -> at(number, issued).under("shared", EDIT)));

        assertThat(crowd.refused()).isEmpty();
        String first = crowd.replies().getFirst().withoutSignatures();
        assertThat(crowd.replies()).allSatisfy(reply -> assertThat(reply.withoutSignatures()).isEqualTo(first));
        assertThat(Asker.edits(upstream)).isEqualTo(1);
        assertThat(admin.get("keys/" + issued.path("key").path("id").asText()).json().at("/budget/spent").asText())
                .isEqualTo(CheapEdit.PRICE);
        try (LedgerProbe books = LedgerProbe.shared(database)) {
            books.assertSound();
        }
    }

    @Test
    void aTaskIsSeenAndCanceledFromAnywhere() {
        JsonNode issued = Admin.of(gateways.getFirst()).group("tasks", "").issue("tasks", "");
        upstream.scenarios().always(Scenario.delay(Duration.ofSeconds(1)));

        String first = Asker.idOf(at(0, issued).later(EDIT));
        String second = Asker.idOf(at(0, issued).later(EDIT));
        assertThat(at(1, issued).cancel(second).json().path("status").asText()).isEqualTo("canceled");
        Reply done = at(1, issued).taskOnceIn("succeeded", first);
        assertThat(done.json().at("/result/data/0/url").asText()).startsWith("http");
        assertThat(at(0, issued).task(second).json().path("status").asText()).isEqualTo("canceled");
        assertThat(Asker.edits(upstream)).as("the second was canceled while it waited").isEqualTo(1);
    }

    /** An instance that stops finishes what it has begun, and leaves the rest to the other one. */
    @Test
    void stoppingInstanceLeavesItsTasksToTheOther() {
        JsonNode issued = Admin.of(gateways.getFirst()).group("tasks", "").issue("tasks", "");
        upstream.scenarios().always(Scenario.delay(Duration.ofSeconds(1)));
        List<String> ids = List.of(Asker.idOf(at(0, issued).later(EDIT)), Asker.idOf(at(0, issued).later(EDIT)),
                Asker.idOf(at(0, issued).later(EDIT)));

        Asker other = at(1, issued);
        gateways.getFirst().close();
        gateways = List.of(gateways.getLast());
        ids.forEach(id -> other.taskOnceIn("succeeded", id));
        assertThat(Asker.edits(upstream)).isEqualTo(3);
    }
}
