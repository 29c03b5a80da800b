package dev.retouch.contract.fleet;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import com.fasterxml.jackson.databind.JsonNode;
import org.awaitility.Awaitility;

import dev.retouch.contract.harness.Admin;
import dev.retouch.contract.harness.CheapEdit;
import dev.retouch.contract.harness.Form;
import dev.retouch.mock.journal.JournalEntry;
import dev.retouch.mock.scenario.Scenario;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * An edit that has its slot when its instance freezes, just before its dispatch. While the instance is frozen, the slot passes to another
 * edit, so the first one must not be dispatched when its instance wakes up.
 */
final class LostSlot {

    static final String PREFIX = "lost-";

    private static final Duration TIMEOUT = Duration.ofSeconds(90);

    private final Fleet fleet;
    private final String name;
    private final JsonNode key;
    private final String budget;
    private final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private CompletableFuture<HttpResponse<String>> first = new CompletableFuture<>();
    private CompletableFuture<HttpResponse<String>> second = new CompletableFuture<>();

    LostSlot(Fleet fleet, Admin admin, int number) {
        this.fleet = fleet;
        this.name = PREFIX + number;
        admin.group(name, "\"limits\":{\"concurrent_edits\":1,\"queue_wait_seconds\":80}");
        key = admin.issue(name, "\"budget\":\"10\"");
        budget = "key:" + key.at("/key/id").asText();
    }

    private Connection connect() throws SQLException {
        URI url = URI.create(fleet.database());
        return DriverManager.getConnection(
                "jdbc:postgresql://127.0.0.1:" + url.getPort() + url.getPath() + "?user=" + url.getUserInfo());
    }

    /** Sends the first edit to an instance, and freezes the instance while the hold of the edit waits for its budget. */
    void freeze(int instance) throws SQLException {
        try (Connection locked = connect();
                Statement lock = locked.createStatement();
                Connection observer = connect();
                Statement look = observer.createStatement()) {
            locked.setAutoCommit(false);
            lock.execute("SELECT * FROM budgets WHERE owner = '" + budget + "' FOR UPDATE");
            first = send(instance, name + "-first");
            Awaitility.await("the hold waits").atMost(Fleet.TIMEOUT).pollInterval(Duration.ofMillis(5))
                    .until(() -> isHolding(look));
            fleet.freeze(instance);
            locked.rollback();
        }
    }

    private boolean isHolding(Statement look) throws SQLException {
        try (ResultSet row = look
                .executeQuery("SELECT count(*) FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid"
                        + " WHERE NOT l.granted AND a.query LIKE '%hold_edits%' AND EXISTS (SELECT FROM slot_tickets"
                        + " WHERE scope = 'group:" + name + "' AND running = 1)")) {
            row.next();
            return row.getInt(1) > 0;
        }
    }

    /** Sends the second edit to another instance. It runs for so long at the provider when it has the slot. */
    void waitForSlot(int instance, Duration runs) {
        fleet.upstream().scenarios().forClientRequest(name + "-second", List.of(Scenario.delay(runs)));
        second = send(instance, name + "-second");
    }

    /** Waits until the second edit is at the provider. */
    void awaitPassedOn() {
        Awaitility.await("the slot of a dead instance passes on").atMost(TIMEOUT)
                .until(() -> !journal(name + "-second").isEmpty());
    }

    /** The first edit is refused, and was not dispatched; the second is delivered, unless the provider failed. */
    void assertNotDispatched() throws Exception {
        HttpResponse<String> refused = first.get(TIMEOUT.toSeconds(), TimeUnit.SECONDS);
        assertThat(refused.statusCode()).as(refused.body()).isEqualTo(503);
        assertThat(refused.headers().firstValue("x-should-retry")).contains("true");
        assertThat(journal(name + "-first")).isEmpty();
        assertThat(second.get(TIMEOUT.toSeconds(), TimeUnit.SECONDS).statusCode()).isIn(200, 502, 504);
        client.close();
    }

    private List<JournalEntry> journal(String prompt) {
        return fleet.upstream().journal().entries().stream()
                .filter(entry -> entry.field("prompt").filter(prompt::equals).isPresent()).toList();
    }

    private CompletableFuture<HttpResponse<String>> send(int instance, String prompt) {
        Form form = CheapEdit.form(prompt);
        return client.sendAsync(HttpRequest.newBuilder(fleet.address(instance).resolve("/v1/images/edits"))
                .header("Authorization", "Bearer " + key.path("secret").asText())
                .header("Content-Type", form.contentType()).header("X-Request-Id", prompt).timeout(TIMEOUT)
                .POST(BodyPublishers.ofByteArray(form.bytes())).build(), BodyHandlers.ofString());
    }
}
