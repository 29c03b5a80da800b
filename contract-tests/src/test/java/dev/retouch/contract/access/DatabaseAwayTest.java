package dev.retouch.contract.access;

import java.io.IOException;
import java.math.BigDecimal;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

import com.fasterxml.jackson.databind.JsonNode;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

import dev.retouch.contract.harness.Admin;
import dev.retouch.contract.harness.CheapEdit;
import dev.retouch.contract.harness.ConcurrentRequests;
import dev.retouch.contract.harness.Contract;
import dev.retouch.contract.harness.DatabaseProxy;
import dev.retouch.contract.harness.Endpoint;
import dev.retouch.contract.harness.Form;
import dev.retouch.contract.harness.Gateways;
import dev.retouch.contract.harness.LedgerProbe;
import dev.retouch.contract.harness.Postgres;
import dev.retouch.contract.harness.Reply;
import dev.retouch.contract.harness.RunningGateway;
import dev.retouch.mock.scenario.Scenario;

import static org.assertj.core.api.Assertions.assertThat;

/** While the database is away nothing is edited that could not be paid; when it is back nothing has to be done by hand. */
@TestInstance(Lifecycle.PER_CLASS)
class DatabaseAwayTest {

    private static final Form EDIT = CheapEdit.form();
    /** A few seconds, also where the machine is slow. */
    private static final Duration SOON = Duration.ofSeconds(20);
    /** A second of patience for the settlement and about one for the slot, and a slow machine. */
    private static final Duration DELIVERED = Duration.ofSeconds(5);
    private final Postgres postgres;
    private final DatabaseProxy proxy;
    private final String database;
    private final RunningGateway gateway;
    private final Admin admin;
    private final Contract contract = new Contract();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private int groups;

    DatabaseAwayTest() throws IOException {
        Gateways.ownOnly();
        postgres = Postgres.start();
        proxy = DatabaseProxy.to(postgres.port());
        database = postgres.newDatabase(proxy.port());
        gateway = RunningGateway.start(Map.of("RETOUCH_ADMIN_TOKEN", Admin.TOKEN, "RETOUCH_DATABASE_URL", database));
        admin = Admin.of(gateway);
    }

    @BeforeEach
    void forget() {
        gateway.sandbox().scenarios().clear();
        gateway.sandbox().journal().clear();
    }

    @AfterEach
    void repair() {
        proxy.restore();
    }

    @AfterAll
    void stop() throws IOException {
        threads.close();
        gateway.close();
        proxy.close();
        postgres.close();
    }

    /** A key with a budget of 10 that has already been used. */
    private JsonNode issue() {
        String group = "away-" + groups++;
        admin.group(group, "\"limits\":{\"concurrent_edits\":50,\"requests_per_minute\":10000}");
        JsonNode issued = admin.issue(group, "\"budget\":\"10\"");
        assertThat(admin.as(issued).edit(EDIT).status()).isEqualTo(200);
        gateway.sandbox().journal().clear();
        return issued;
    }

    private void awaitAtUpstream(int edits) {
        Awaitility.await().atMost(SOON).pollInterval(Duration.ofMillis(10))
                .until(() -> gateway.sandbox().journal().inFlight() == edits);
    }

    private void awaitReturn(Endpoint caller) {
        proxy.restore();
        Awaitility.await().atMost(SOON).until(() -> caller.edit(EDIT).status() == 200);
    }

    /** So many edits are paid, and no money is set aside for any other. */
    private void assertPaid(JsonNode issued, long edits) {
        BigDecimal spent = new BigDecimal(CheapEdit.PRICE).multiply(BigDecimal.valueOf(edits));
        Awaitility.await().atMost(SOON).untilAsserted(() -> {
            JsonNode budget = admin.get("keys/" + issued.path("key").path("id").asText()).json().path("budget");
            assertThat(budget.path("held").asText()).as(budget.toString()).isEqualTo("0");
            assertThat(new BigDecimal(budget.path("spent").asText())).as(budget.toString())
                    .isEqualByComparingTo(spent);
            assertThat(new BigDecimal(budget.path("available").asText())).as(budget.toString())
                    .isEqualByComparingTo(BigDecimal.TEN.subtract(spent));
        });
        try (LedgerProbe books = LedgerProbe.shared(database)) {
            books.assertSound();
        }
    }

    private void assertAway(Reply reply) {
        assertThat(reply.status()).as(reply.beginning()).isEqualTo(503);
        assertThat(reply.error().path("code").asText()).isEqualTo("storage_unavailable");
        assertThat(reply.error().path("type").asText()).isEqualTo("server_error");
        assertThat(reply.header("x-should-retry")).contains("true");
        assertThat(ConcurrentRequests.retryAfter(reply)).isGreaterThanOrEqualTo(Duration.ofSeconds(1));
        contract.assertValid("ErrorEnvelope", reply.text());
    }

    @Test
    void withoutItsDatabaseTheGatewayLivesAndEditsNothing() {
        JsonNode issued = issue();
        Endpoint caller = admin.as(issued);
        proxy.cut();

        long start = System.nanoTime();
        assertAway(caller.edit(EDIT));
        Duration took = Duration.ofNanos(System.nanoTime() - start);
        assertThat(took).isLessThan(Duration.ofSeconds(10));
        assertThat(Endpoint.fetch(gateway.endpoint().at("/healthz")).status()).isEqualTo(200);
        assertAway(admin.get("groups"));
        assertThat(gateway.sandbox().journal().entries()).as("edits at the upstream").isEmpty();

        awaitReturn(caller);
        assertPaid(issued, 2);
    }

    /** The caller has its image, and the charge is written when it can be. */
    @Test
    void anEditThatWasUnderWayIsDeliveredAndPaid() throws Exception {
        JsonNode issued = issue();
        gateway.sandbox().scenarios().next(Scenario.delay(Duration.ofMillis(500)));
        CompletableFuture<Reply> edit = CompletableFuture.supplyAsync(() -> admin.as(issued).edit(EDIT), threads);
        awaitAtUpstream(1);
        proxy.cut();
        assertThat(edit.get().status()).as(edit.get().beginning()).isEqualTo(200);
        assertThat(edit.get().header("x-retouch-cost")).contains(CheapEdit.PRICE + " USD");

        proxy.restore();
        assertPaid(issued, 2);
    }

    /** Its edit runs and is paid, so the caller gets the id of the task. */
    @Test
    void aTaskThatWasUnderWayIsAnnouncedAndPaid() {
        JsonNode issued = issue();
        Endpoint caller = admin.as(issued);
        gateway.sandbox().scenarios().next(Scenario.delay(Duration.ofSeconds(4)));
        CompletableFuture<Reply> submitted = CompletableFuture.supplyAsync(() -> Endpoint.send(caller
                .request(Endpoint.EDITS).header("Prefer", "respond-async, wait=2")
                .header("Content-Type", EDIT.contentType()).POST(BodyPublishers.ofByteArray(EDIT.bytes()))), threads);
        awaitAtUpstream(1);
        proxy.cut();
        Reply announced = submitted.join();
        assertThat(announced.status()).as(announced.beginning()).isEqualTo(202);
        contract.assertValid("EditTask", announced.text());
        assertThat(announced.json().path("status").asText()).isEqualTo("queued");

        proxy.restore();
        String task = "/v1/tasks/" + announced.json().path("id").asText();
        Awaitility.await().atMost(SOON)
                .until(() -> caller.get(task).json().path("status").asText().equals("succeeded"));
        assertPaid(issued, 2);
    }

    /** Every edit of a crowd ends while the database is away, wherever it is at that moment. */
    @Test
    void nothingStaysHeldWhateverWasUnderWay() {
        JsonNode issued = issue();
        Endpoint caller = admin.as(issued);
        gateway.sandbox().scenarios().always(Scenario.delay(Duration.ofMillis(50)));
        CompletableFuture<ConcurrentRequests> crowd = CompletableFuture
                .supplyAsync(() -> ConcurrentRequests.of(60, _ -> caller.edit(EDIT)), threads);
        Awaitility.await().atMost(SOON).pollInterval(Duration.ofMillis(1))
                .until(() -> !gateway.sandbox().journal().entries().isEmpty());
        proxy.cut();

        ConcurrentRequests all = crowd.join();
        proxy.restore();
        assertThat(all.refused()).isNotEmpty().allSatisfy(this::assertAway);
        assertThat(all.with(200)).isPositive();
        assertPaid(issued, 1 + all.with(200));
    }

    @Test
    void aDatabaseThatIsSilentIsAwayToo() {
        JsonNode issued = issue();
        Endpoint caller = admin.as(issued);
        proxy.silence();
        assertAway(caller.edit(EDIT));
        List<Duration> times = new ArrayList<>();
        for (int number = 0; number < 5; number++) {
            long start = System.nanoTime();
            assertAway(caller.edit(EDIT));
            times.add(Duration.ofNanos(System.nanoTime() - start));
        }
        // the median, because the tests that run at the same time may keep one of them from the processor
        assertThat(times.stream().sorted().toList().get(2)).as("after the first: " + times)
                .isLessThan(Duration.ofSeconds(1));
        assertThat(Endpoint.fetch(gateway.endpoint().at("/healthz")).status()).isEqualTo(200);
        assertThat(gateway.sandbox().journal().entries()).as("edits at the upstream").isEmpty();

        awaitReturn(caller);
        assertPaid(issued, 2);
    }

    /** The response does not wait until a silent database has failed. */
    @Test
    void anEditIsDeliveredAtOnceIfTheDatabaseIsSilent() throws Exception {
        JsonNode issued = issue();
        Duration upstream = Duration.ofMillis(500);
        gateway.sandbox().scenarios().next(Scenario.delay(upstream));
        CompletableFuture<Reply> edit = CompletableFuture.supplyAsync(() -> admin.as(issued).edit(EDIT), threads);
        awaitAtUpstream(1);
        proxy.silence();
        awaitAtUpstream(0);
        long delivered = System.nanoTime();
        assertThat(edit.get().status()).as(edit.get().beginning()).isEqualTo(200);
        assertThat(Duration.ofNanos(System.nanoTime() - delivered)).isLessThan(DELIVERED);

        proxy.restore();
        assertPaid(issued, 2);
    }
}
