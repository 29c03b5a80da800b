package dev.retouch.contract.access;

import java.time.Duration;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.databind.JsonNode;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

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

/** Two instances on one database are one gateway: every limit holds over both together. */
@TestInstance(Lifecycle.PER_CLASS)
class TwoInstancesTest {

    private static final Form EDIT = CheapEdit.form();
    /** Counts as an edit, and then is refused before it costs any time. */
    private static final Form BROKEN = Form.empty().text("prompt", "p").file("image", "a.png", "image/png",
            new byte[]{1, 2, 3});

    private final Postgres postgres;
    private final MockUpstream upstream;
    private final String database;
    private final List<RunningGateway> gateways;
    private final Admin admin;

    TwoInstancesTest() {
        Gateways.ownOnly();
        postgres = Postgres.start();
        upstream = MockUpstream.start();
        database = postgres.newDatabase();
        Map<String, String> settings = Map.of("RETOUCH_ADMIN_TOKEN", Admin.TOKEN, "RETOUCH_DATABASE_URL", database,
                "RETOUCH_UPSTREAM_URL", upstream.baseUrl().toString(), "RETOUCH_UPSTREAM_KEY", "sk-of-both");
        gateways = List.of(RunningGateway.start(settings), RunningGateway.start(settings));
        admin = Admin.of(gateways.getFirst());
    }

    @BeforeEach
    void forget() {
        upstream.scenarios().clear();
        upstream.journal().clear();
    }

    @AfterAll
    void stop() {
        gateways.forEach(RunningGateway::close);
        upstream.close();
        postgres.close();
    }

    /** The client with this key, at one of the instances. */
    private Endpoint at(int instance, JsonNode issued) {
        return new Endpoint(gateways.get(instance % gateways.size()).baseUrl(), issued.path("secret").asText());
    }

    @Test
    void aBudgetIsSpentOnce() {
        admin.group("two-money", "");
        JsonNode issued = admin.issue("two-money", "\"budget\":\"0.8\"");

        ConcurrentRequests crowd = ConcurrentRequests.of(200, number -> at(number, issued).edit(EDIT));

        assertThat(crowd.with(200)).isEqualTo(50);
        assertThat(crowd.refused()).allSatisfy(
                reply -> assertThat(reply.error().path("code").asText()).isEqualTo("insufficient_quota"));
        for (RunningGateway gateway : gateways) {
            JsonNode budget = Admin.of(gateway).get("keys/" + issued.path("key").path("id").asText()).json()
                    .path("budget");
            assertThat(budget.path("available").asText()).isEqualTo("0");
            assertThat(budget.path("held").asText()).isEqualTo("0");
            assertThat(budget.path("spent").asText()).isEqualTo("0.8");
        }
        assertThat(upstream.journal().entries()).hasSize(50);
        try (LedgerProbe books = LedgerProbe.shared(database)) {
            books.assertSound();
        }
    }

    @Test
    void aGroupsPlacesAreSharedByBoth() {
        admin.group("two-room", "\"limits\":{\"concurrent_edits\":4,\"queue\":100}");
        JsonNode issued = admin.issue("two-room", "");
        upstream.scenarios().always(Scenario.delay(Duration.ofMillis(100)));

        ConcurrentRequests crowd = ConcurrentRequests.of(100, number -> at(number, issued).edit(EDIT));

        assertThat(upstream.journal().peakEdits()).isEqualTo(4);
        assertThat(crowd.refused()).isEmpty();
    }

    @Test
    void theQueueIsSharedByBoth() {
        admin.group("two-queue", "\"limits\":{\"concurrent_edits\":2,\"queue\":4}");
        JsonNode issued = admin.issue("two-queue", "");
        upstream.scenarios().always(Scenario.delay(Duration.ofSeconds(1)));

        ConcurrentRequests crowd = ConcurrentRequests.of(16, number -> at(number, issued).edit(EDIT));

        assertThat(upstream.journal().peakEdits()).isEqualTo(2);
        assertThat(crowd.with(200)).as("two run and four wait").isGreaterThanOrEqualTo(6);
        assertThat(crowd.refused()).isNotEmpty().allSatisfy(
                reply -> assertThat(reply.error().path("code").asText()).isEqualTo("queue_full"));
    }

    @Test
    void otherInstanceRefusesRevokedKeyWithinASecond() {
        admin.group("two-keys", "");
        JsonNode issued = admin.issue("two-keys", "");
        for (int instance = 0; instance < 2; instance++) {
            assertThat(at(instance, issued).edit(EDIT).status()).isEqualTo(200);
        }
        Reply revoked = admin.send("DELETE", "keys/" + issued.path("key").path("id").asText(), "");
        assertThat(revoked.status()).isEqualTo(200);

        Awaitility.await().pollDelay(Duration.ofSeconds(1)).until(() -> true);
        assertThat(at(0, issued).edit(EDIT).status()).isEqualTo(401);
        assertThat(at(1, issued).edit(EDIT).status()).isEqualTo(401);
    }

    @Test
    void aRateIsSharedByBoth() {
        admin.group("two-rates", "\"limits\":{\"requests_per_minute\":10}");
        JsonNode issued = admin.issue("two-rates", "");
        long start = System.nanoTime();
        ConcurrentRequests crowd = ConcurrentRequests.of(60, number -> at(number, issued).edit(BROKEN));
        long cameFree = Duration.ofNanos(System.nanoTime() - start).toSeconds() / 6 + 1;

        assertThat(crowd.with(400)).isBetween(10L, 10L + cameFree);
        assertThat(crowd.with(400) + crowd.with(429)).isEqualTo(60);
    }
}
