package dev.retouch.contract.idempotency;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.databind.JsonNode;
import org.awaitility.Awaitility;

import dev.retouch.contract.harness.Admin;
import dev.retouch.contract.harness.DatabaseProxy;
import dev.retouch.contract.harness.Endpoint;
import dev.retouch.contract.harness.LedgerProbe;
import dev.retouch.contract.harness.Postgres;
import dev.retouch.contract.harness.RunningGateway;
import dev.retouch.contract.harness.S3Server;
import dev.retouch.mock.MockUpstream;

import static org.assertj.core.api.Assertions.assertThat;

/** Two instances with one database and one object store, and a data directory for each. The way to the object store can be cut. */
final class StoredFleet implements AutoCloseable {

    static final Duration SOON = Duration.ofSeconds(20);

    private final Postgres postgres = Postgres.start();
    private final String database = postgres.newDatabase();
    private final S3Server store = S3Server.start();
    private final DatabaseProxy way = DatabaseProxy.to(store.port());
    private final MockUpstream upstream = MockUpstream.start();
    private final List<RunningGateway> gateways = List.of(start(Map.of()), start(Map.of()));
    private final Admin admin = Admin.of(gateways.getFirst());
    private int groups;

    StoredFleet() throws Exception {}

    /** Starts a further instance. */
    RunningGateway start(Map<String, String> more) {
        Map<String, String> settings = new HashMap<>(store.settings(way.port()));
        settings.putAll(Map.of("RETOUCH_ADMIN_TOKEN", Admin.TOKEN, "RETOUCH_DATABASE_URL", database,
                "RETOUCH_UPSTREAM_URL", upstream.baseUrl().toString(), "RETOUCH_UPSTREAM_KEY", "sk-of-all",
                "RETOUCH_TASKS_MAX_RUNNING", "1"));
        settings.putAll(more);
        return RunningGateway.start(settings);
    }

    MockUpstream upstream() {
        return upstream;
    }

    S3Server store() {
        return store;
    }

    DatabaseProxy way() {
        return way;
    }

    List<RunningGateway> gateways() {
        return gateways;
    }

    /** Issues an API key with a budget of 10. */
    JsonNode issue() {
        String group = "stored-" + groups++;
        return admin.group(group, "").issue(group, "\"budget\":\"10\"");
    }

    static Asker at(RunningGateway gateway, JsonNode issued) {
        return new Asker(new Endpoint(gateway.baseUrl(), issued.path("secret").asText()));
    }

    /** Waits until both instances see the object store in this state. */
    void awaitStore(String state) {
        gateways.forEach(gateway -> Awaitility.await().atMost(SOON).pollInterval(Duration.ofMillis(50))
                .until(() -> Endpoint.fetch(URI.create(gateway.baseUrl() + "/readyz")).json().at("/checks/storage")
                        .asText().equals(state)));
    }

    /** Repairs the way to the object store, and waits until both instances have noticed. */
    void repair() {
        way.restore();
        awaitStore("ok");
    }

    String spent(JsonNode issued) {
        return budget(issued).path("spent").asText();
    }

    private JsonNode budget(JsonNode issued) {
        return admin.get("keys/" + issued.at("/key/id").asText()).json().path("budget");
    }

    /** Waits until nothing is held and this amount is charged. */
    void assertSpent(JsonNode issued, String amount) {
        Awaitility.await().atMost(SOON).untilAsserted(() -> {
            JsonNode budget = budget(issued);
            assertThat(budget.path("held").asText()).as(budget.toString()).isEqualTo("0");
            assertThat(budget.path("spent").asText()).as(budget.toString()).isEqualTo(amount);
        });
    }

    void assertLedgerSound() {
        try (LedgerProbe books = LedgerProbe.shared(database)) {
            books.assertSound();
        }
    }

    @Override
    public void close() throws IOException {
        gateways.forEach(RunningGateway::close);
        upstream.close();
        way.close();
        store.close();
        postgres.close();
    }
}
