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
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import com.fasterxml.jackson.databind.JsonNode;
import org.awaitility.Awaitility;

import dev.retouch.contract.harness.Admin;
import dev.retouch.contract.harness.CheapEdit;
import dev.retouch.contract.harness.Form;
import dev.retouch.contract.harness.Reply;
import dev.retouch.mock.journal.JournalEntry;
import dev.retouch.mock.scenario.Scenario;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * An edit that has its slot when its instance freezes, just before it is sent. While the instance is frozen, the slot passes to another
 * edit, so the first one must not be sent when its instance wakes up.
 */
final class LostSlot {

    static final String PREFIX = "lost-";

    /** The longest that a gateway waits for before another attempt. The instance must be frozen before its end. */
    private static final Duration PAUSE = Duration.ofSeconds(5);
    /** How often the instance is frozen in time at the latest, on a machine that is slow. */
    private static final int TRIES = 4;
    /** Longer than the provider needs for an edit that it got before the instance was frozen. */
    private static final Duration ARRIVAL = Duration.ofSeconds(1);
    /** A slow machine may need minutes until a frozen instance is dead. */
    private static final Duration TIMEOUT = Duration.ofMinutes(4);

    private final Fleet fleet;
    private final String name;
    private final JsonNode key;
    private final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private int tries;
    private CompletableFuture<HttpResponse<String>> first = new CompletableFuture<>();
    private CompletableFuture<HttpResponse<String>> second = new CompletableFuture<>();

    LostSlot(Fleet fleet, Admin admin, int number) {
        this.fleet = fleet;
        this.name = PREFIX + number;
        admin.group(name, "\"limits\":{\"concurrent_edits\":1,\"queue_wait_seconds\":" + TIMEOUT.toSeconds() + "}");
        key = admin.issue(name, "\"budget\":\"10\"");
    }

    private Connection connect() throws SQLException {
        URI url = URI.create(fleet.database());
        return DriverManager.getConnection(
                "jdbc:postgresql://127.0.0.1:" + url.getPort() + url.getPath() + "?user=" + url.getUserInfo());
    }

    /**
     * Sends the first edit to an instance. The provider refuses its first attempt, and asks for a pause before the next one. Freezes the
     * instance during that pause; repeats all of it with another edit if the pause was over before.
     */
    void freeze(int instance) throws Exception {
        Reply changed = new Admin(fleet.address(instance), Admin.TOKEN).patch("log-levels",
                "{\"logger\":\"dev.retouch.server.upstream.RoutedUpstream\",\"level\":\"info\"}");
        assertThat(changed.status()).as(changed.beginning()).isEqualTo(200);
        boolean inTime = false;
        while (!inTime && tries < TRIES) {
            tries++;
            inTime = freezeInPause(instance);
        }
        assertThat(inTime).as("frozen between two attempts").isTrue();
    }

    private boolean freezeInPause(int instance) throws Exception {
        String id = sendFirst(instance);
        Awaitility.await("the first attempt has failed").atMost(Fleet.TIMEOUT).pollInterval(Duration.ofMillis(20))
                .until(() -> fleet.logs(instance).contains("request=" + id));
        fleet.freeze(instance);
        TimeUnit.MILLISECONDS.sleep(ARRIVAL.toMillis());
        boolean inTime = !first.isDone() && journal(firstEdit()).size() == 1;
        if (!inTime) {
            fleet.thaw(instance);
            first.get(TIMEOUT.toSeconds(), TimeUnit.SECONDS);
        }
        return inTime;
    }

    /** Keeps the budget of the edit until its id is known, by which the provider knows what to do with it. */
    private String sendFirst(int instance) throws SQLException {
        try (Connection locked = connect();
                Statement lock = locked.createStatement();
                Connection observer = connect();
                Statement look = observer.createStatement()) {
            locked.setAutoCommit(false);
            lock.execute("SELECT * FROM budgets WHERE owner = 'key:" + key.at("/key/id").asText() + "' FOR UPDATE");
            first = send(instance, firstEdit());
            String id = Awaitility.await("the edit has its slot").atMost(Fleet.TIMEOUT)
                    .pollInterval(Duration.ofMillis(5)).until(() -> editWithSlot(look), edit -> !edit.isEmpty());
            fleet.upstream().scenarios().forClientRequest(id, List.of(new Scenario.Status(503, Optional.empty(),
                    "application/json", Map.of("retry-after", Long.toString(PAUSE.toSeconds())))));
            locked.rollback();
            return id;
        }
    }

    private String editWithSlot(Statement look) throws SQLException {
        try (ResultSet row = look.executeQuery(
                "SELECT max(edit_id) FROM slot_tickets WHERE scope = 'group:" + name + "' AND running = 1")) {
            row.next();
            String id = row.getString(1);
            return id == null ? "" : id;
        }
    }

    private String firstEdit() {
        return name + "-first-" + tries;
    }

    private String secondEdit() {
        return name + "-second";
    }

    /** Sends the second edit to another instance, where it waits for the slot. */
    void waitForSlot(int instance) {
        second = send(instance, secondEdit());
    }

    /** Waits until the second edit is at the provider. */
    void awaitPassedOn() {
        Awaitility.await("the slot of a dead instance passes on").atMost(TIMEOUT)
                .until(() -> !journal(secondEdit()).isEmpty());
    }

    /** The first edit is refused, and was not sent again; the second is delivered, unless the provider failed. */
    void assertNotSent() throws Exception {
        HttpResponse<String> refused = first.get(TIMEOUT.toSeconds(), TimeUnit.SECONDS);
        assertThat(journal(firstEdit())).as("attempts of the edit that lost its slot").hasSize(1);
        assertThat(refused.statusCode()).as(refused.body()).isEqualTo(503);
        assertThat(refused.body()).contains("storage_unavailable");
        assertThat(refused.headers().firstValue("x-should-retry")).contains("true");
        HttpResponse<String> passedOn = second.get(TIMEOUT.toSeconds(), TimeUnit.SECONDS);
        assertThat(passedOn.statusCode()).as(passedOn.body()).isIn(200, 502, 503, 504);
        if (passedOn.statusCode() == 503) {
            assertThat(passedOn.body()).as("only the provider may be away").contains("upstream_");
        }
        client.close();
    }

    private List<JournalEntry> journal(String prompt) {
        return fleet.upstream().journal().entries().stream()
                .filter(entry -> entry.field("prompt").filter(prompt::equals).isPresent()).toList();
    }

    private CompletableFuture<HttpResponse<String>> send(int instance, String prompt) {
        Form form = CheapEdit.form(prompt).text("response_format", "b64_json"); // needs no store, which may be away
        return client.sendAsync(HttpRequest.newBuilder(fleet.address(instance).resolve("/v1/images/edits"))
                .header("Authorization", "Bearer " + key.path("secret").asText())
                .header("Content-Type", form.contentType()).timeout(TIMEOUT)
                .POST(BodyPublishers.ofByteArray(form.bytes())).build(), BodyHandlers.ofString());
    }
}
