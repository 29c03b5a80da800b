package dev.retouch.contract.access;

import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.databind.JsonNode;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

import dev.retouch.contract.harness.Admin;
import dev.retouch.contract.harness.CheapEdit;
import dev.retouch.contract.harness.ConcurrentRequests;
import dev.retouch.contract.harness.Endpoint;
import dev.retouch.contract.harness.Form;
import dev.retouch.contract.harness.Gateways;
import dev.retouch.contract.harness.Postgres;
import dev.retouch.contract.harness.Reply;
import dev.retouch.contract.harness.RunningGateway;
import dev.retouch.contract.harness.StatementProxy;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * How many times an edit waits for PostgreSQL, counted on the wire, if it is the only one. Not counted are background jobs, which do
 * not depend on edits, and the connection pool: new connections, and its check of connections that were idle.
 */
@TestInstance(Lifecycle.PER_CLASS)
class RoundTripsTest {

    private static final Form EDIT = CheapEdit.form();
    private static final int EDITS = 10;
    private static final int WARM_UP = 24;
    /** The commits of background jobs have no text, and are fewer than one for each edit. */
    private static final int BACKGROUND_COMMITS = EDITS / 2;
    private static final Duration SOON = Duration.ofSeconds(20);

    /** Parts of the statements of background jobs. */
    private static final List<String> BACKGROUND = List.of("key_changes", "INTO instances", "FROM instances",
            "LEFT JOIN instances", "FROM edit_tasks", "pg_try_advisory_lock", "pg_advisory_unlock", "AS holder",
            "FROM edits WHERE state = 'undecided'", "AS expired", "last_used_at", "pg_is_in_recovery", "LISTEN",
            "SELECT DISTINCT edit_id, running FROM slot_tickets", "DELETE FROM rate_limits", "SELECT 1", "'group:%'",
            "AS imbalance", "catalog_documents", "stored_bytes");

    private final Postgres postgres;
    private final StatementProxy proxy;
    private final RunningGateway gateway;
    private final Admin admin;

    RoundTripsTest() throws IOException {
        Gateways.ownOnly();
        postgres = Postgres.start();
        proxy = StatementProxy.to(postgres.port());
        gateway = RunningGateway.start(Map.of("RETOUCH_ADMIN_TOKEN", Admin.TOKEN, "RETOUCH_DATABASE_URL",
                postgres.newDatabase(proxy.port()) + "?prepareThreshold=0"));
        admin = Admin.of(gateway);
    }

    @AfterAll
    void stop() throws IOException {
        gateway.close();
        proxy.close();
        postgres.close();
    }

    @Test
    void anEditIsAHoldAndASettlement() {
        admin.group("plain", "");
        JsonNode issued = admin.issue("plain", "\"budget\":\"10\"");
        assertRoundTrips(issued, false, 2, "hold_edits", "end_edits");
    }

    @Test
    void limitsAreThreeMore() {
        admin.group("limited",
                "\"limits\":{\"concurrent_edits\":50,\"requests_per_minute\":10000,\"images_per_minute\":10000}");
        JsonNode issued = admin.issue("limited",
                "\"budget\":\"10\",\"limits\":{\"concurrent_edits\":40,\"requests_per_minute\":9000}");
        assertRoundTrips(issued, false, 5, "take_rate_tokens", "enter_slots", "hold_edits", "end_edits",
                "release_slots");
    }

    @Test
    void anIdempotencyKeyIsThreeMore() {
        admin.group("keyed", "\"limits\":{\"concurrent_edits\":50,\"requests_per_minute\":10000}");
        JsonNode issued = admin.issue("keyed", "\"budget\":\"10\"");
        assertRoundTrips(issued, true, 8, "INSERT INTO edit_answers", "take_rate_tokens", "enter_slots", "hold_edits",
                "end_edits", "release_slots", "UPDATE edit_answers");
    }

    private void assertRoundTrips(JsonNode issued, boolean keyed, int each, String... statements) {
        Endpoint client = admin.as(issued);
        String run = issued.path("key").path("id").asText();
        ConcurrentRequests crowd = ConcurrentRequests.of(WARM_UP,
                number -> edit(client, keyed, run + "-warm-" + number));
        assertThat(crowd.with(200)).isEqualTo(WARM_UP);
        Awaitility.await().atMost(SOON).untilAsserted(() -> assertThat(
                admin.get("keys/" + run).json().at("/budget/held").asText()).as("late settlements").isEqualTo("0"));
        proxy.clear();
        for (int number = 0; number < EDITS; number++) {
            Reply reply = edit(client, keyed, run + "-" + number);
            assertThat(reply.status()).as(reply.beginning()).isEqualTo(200);
        }
        List<String> counted = proxy.roundTrips().stream().filter(RoundTripsTest::isOfAnEdit)
                .map(RoundTripsTest::readable).toList();
        assertThat(counted).hasSizeLessThan(each * EDITS + BACKGROUND_COMMITS);
        for (String statement : statements) {
            assertThat(counted).as(statement).anyMatch(text -> text.contains(statement));
        }
    }

    private static Reply edit(Endpoint client, boolean keyed, String key) {
        var request = client.request(Endpoint.EDITS).header("Content-Type", EDIT.contentType());
        return Endpoint.send((keyed ? request.header("Idempotency-Key", key) : request)
                .POST(BodyPublishers.ofByteArray(EDIT.bytes())));
    }

    private static boolean isOfAnEdit(String sent) {
        boolean statement = sent.matches("(?s).*(SELECT|INSERT|UPDATE|DELETE|BEGIN|COMMIT|ROLLBACK|SAVEPOINT).*");
        boolean session = sent.contains("set_config") || sent.contains("SET application_name");
        return statement && !session && BACKGROUND.stream().noneMatch(sent::contains);
    }

    private static String readable(String sent) {
        return sent.replaceAll("[^ -~]+", " ");
    }
}
