package dev.retouch.contract.coverage;

import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.retouch.contract.harness.Admin;
import dev.retouch.contract.harness.CheapEdit;
import dev.retouch.contract.harness.ConcurrentRequests;
import dev.retouch.contract.harness.Endpoint;
import dev.retouch.contract.harness.Form;
import dev.retouch.contract.harness.Gateways;
import dev.retouch.contract.harness.Reply;
import dev.retouch.contract.harness.RunningGateway;
import dev.retouch.mock.scenario.Scenario;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a gateway says that stops, and one that comes after another which died. Processes are really ended in
 * {@code front.StoppingTest} and {@code again.KilledAgainTest}; here their words are held against the document.
 */
class EndsTest {

    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final Scenario SLOW = Scenario.delay(Duration.ofSeconds(60));

    @TempDir
    private Path folder = Path.of(".");

    @BeforeAll
    static void ownOnly() {
        Gateways.ownOnly();
    }

    @Test
    void stoppingGatewayRefusesNewAndCancelsRunningEdits() {
        RunningGateway gateway = RunningGateway.start(Map.of("RETOUCH_SHUTDOWN_GRACE", "2s"));
        Endpoint caller = gateway.endpoint();
        gateway.sandbox().scenarios().next(SLOW);
        CompletableFuture<Reply> edit = CompletableFuture.supplyAsync(() -> caller.edit(CheapEdit.form()));
        awaitAtWork(gateway, 1);
        CompletableFuture<Void> closed = CompletableFuture.runAsync(gateway::close);

        Awaitility.await().atMost(TIMEOUT).pollInterval(Duration.ofMillis(20))
                .until(() -> Endpoint.fetch(caller.at("/readyz")).status() == 503);
        Awaitility.await().atMost(TIMEOUT).pollInterval(Duration.ofMillis(20)).untilAsserted(
                () -> assertCode(caller.edit(CheapEdit.form()), "server_stopping"));
        assertCode(edit.join(), "server_stopped");
        closed.join();
    }

    /** The data of a gateway in the middle of its work is what a killed one leaves. */
    @Test
    void nextInstanceReportsUnknownOutcomes() throws Exception {
        Map<String, String> settings = Map.of("RETOUCH_ADMIN_TOKEN", Admin.TOKEN, "RETOUCH_BILLING_DEAD_AFTER", "3s",
                "RETOUCH_SHUTDOWN_GRACE", "0s");
        try (RunningGateway first = RunningGateway.start(settings)) {
            Endpoint caller = Admin.of(first).group("ends", "").key("ends", "");
            first.sandbox().scenarios().always(SLOW);
            CompletableFuture<Reply> lost = CompletableFuture
                    .supplyAsync(() -> edit(caller, "Idempotency-Key", "dead"));
            Reply task = edit(caller, "Prefer", "respond-async");
            awaitAtWork(first, 2);
            copy(first.dataDir());
            try (RunningGateway second = RunningGateway.start(with(settings, "RETOUCH_DATA_DIR", folder.toString()))) {
                Endpoint same = new Endpoint(second.baseUrl(), caller.key());
                assertCode(ConcurrentRequests.waitingAsTold(() -> edit(same, "Idempotency-Key", "dead")),
                        "idempotency_outcome_unknown");
                Awaitility.await().atMost(TIMEOUT)
                        .untilAsserted(() -> assertThat(same.get("/v1/tasks/" + task.json().path("id").asText()).json()
                                .at("/error/code").asText()).isEqualTo("task_cut_off"));
            }
            first.sandbox().scenarios().clear();
            lost.cancel(true);
        }
    }

    private static Map<String, String> with(Map<String, String> settings, String name, String value) {
        Map<String, String> more = new java.util.HashMap<>(settings);
        more.put(name, value);
        return more;
    }

    private void copy(Path dataDir) throws IOException, SQLException {
        try (Stream<Path> files = Files.walk(dataDir)) {
            for (Path file : files.filter(path -> !path.getFileName().toString().startsWith("retouch.db")).toList()) {
                Path target = folder.resolve(dataDir.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(target);
                } else {
                    Files.copy(file, target);
                }
            }
        }
        try (Connection database = DriverManager.getConnection("jdbc:sqlite:" + dataDir.resolve("retouch.db"));
                PreparedStatement copy = database.prepareStatement("VACUUM INTO ?")) {
            copy.setString(1, folder.resolve("retouch.db").toString());
            copy.execute();
        }
    }

    private static Reply edit(Endpoint caller, String header, String value) {
        Form form = CheapEdit.form();
        return Endpoint.send(caller.request(Endpoint.EDITS).header("Content-Type", form.contentType())
                .header(header, value).POST(BodyPublishers.ofByteArray(form.bytes())));
    }

    private static void awaitAtWork(RunningGateway gateway, int edits) {
        Awaitility.await().atMost(TIMEOUT).pollInterval(Duration.ofMillis(10))
                .until(() -> gateway.sandbox().journal().inFlight() == edits);
    }

    private static void assertCode(Reply reply, String code) {
        assertThat(reply.error().path("code").asText()).as(reply.beginning()).isEqualTo(code);
        assertThat(List.of(409, 503)).contains(reply.status());
    }
}
