package dev.retouch.contract.fleet;

import java.io.IOException;
import java.math.BigDecimal;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.io.TempDir;

import dev.retouch.contract.fleet.FleetClient.Kind;
import dev.retouch.contract.fleet.Load.ApiKey;
import dev.retouch.contract.harness.Admin;
import dev.retouch.contract.harness.DatabaseProxy;
import dev.retouch.contract.harness.Gateways;
import dev.retouch.contract.harness.LedgerProbe;
import dev.retouch.mock.scenario.Scenario;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Three gateways with one database and one object store; the clock of the third is wrong. While sixteen clients edit, the database is
 * taken away (connections are refused, then it is silent), one gateway is frozen until it is taken for dead, one is killed, one is
 * restarted, and the object store is taken away. At the end the journal of the provider decides: nothing ran twice, no limit was exceeded,
 * each image that was delivered is charged once and is still there, each charge has a reason, and no hold is left. One round in every build; more, in the order of another seed:
 *
 * <pre>
 * mvn -q verify -pl contract-tests -am -Dtest=FleetTest -Dsurefire.failIfNoSpecifiedTests=false -Dretouch.fleet.rounds=20
 * -Dretouch.fleet.seed=7
 * </pre>
 */
@Tag("slow")
class FleetTest {

    private static final int ROUNDS = Integer.getInteger("retouch.fleet.rounds", 1);
    private static final long SEED = Long.getLong("retouch.fleet.seed", 1);
    private static final Duration DELAY = Duration.ofMillis(250);
    private static final int GROUP_LIMIT = 4;
    private static final int KEY_LIMIT = 3;
    private static final int PER_MINUTE = 90;
    private static final int SOME = 10;
    private static final int ONE_IN = 25;
    /** How many check the images at the same time at the end. */
    private static final int CLIENTS = 16;

    @TempDir
    private Path folder = Path.of(".");

    private final Random random = new Random(SEED);
    private final ObjectMapper mapper = new ObjectMapper();
    private final List<Instant> deaths = new ArrayList<>();
    private final List<Outage> storeOutages = new ArrayList<>();
    private Duration longestOutage = Duration.ZERO;

    /** The time in which something was away, and in which its clients noticed it. */
    private record Outage(Instant begin, Instant end) {

        boolean touches(Instant time) {
            return time.isAfter(begin) && time.isBefore(end.plus(FleetClient.TIMEOUT));
        }
    }

    FleetTest() {
        Gateways.ownOnly();
    }

    @Test
    void moneyKeysAndLimitsHoldWhateverHappensToInstances(TestReporter reporter) throws Exception {
        try (Fleet fleet = new Fleet(folder)) {
            fleet.upstream().scenarios().always(Scenario.delay(DELAY));
            Admin admin = new Admin(fleet.address(), Admin.TOKEN);
            List<ApiKey> keys = keys(admin);
            Load load = new Load(fleet.address(), keys, SEED);
            try (load) {
                for (int round = 0; round < ROUNDS; round++) {
                    round(fleet, load, admin, round);
                }
            }
            assertThat(load.unexpected()).as(fleet.errors()).isEmpty();
            try (LedgerProbe books = LedgerProbe.shared(fleet.database())) {
                Audit audit = new Audit(fleet, load, books);
                audit.assertLimits(DELAY, Map.of("limited", GROUP_LIMIT));
                audit.assertRates();
                assertTasksEnd(fleet.address(), load);
                audit.awaitAllDecided(longestOutage);
                Audit all = new Audit(fleet, load, books); // also of tasks that ended meanwhile
                all.assertNothingRanTwice();
                int unknown = all.assertCharges(deaths);
                assertImagesAreKept(fleet.address(), load);
                assertThat(new BigDecimal(
                        admin.get("keys/" + keys.getLast().id()).json().at("/budget/spent").asText()))
                        .as("spent of a budget of 1").isPositive().isLessThanOrEqualTo(BigDecimal.ONE);
                books.assertSound();
                reporter.publishEntry(Map.of("fleet", load + ", charged with an unknown outcome: " + unknown));
            }
        }
    }

    private static List<ApiKey> keys(Admin admin) {
        admin.group("limited", "\"limits\":{\"concurrent_edits\":" + GROUP_LIMIT
                + ",\"queue\":100,\"queue_wait_seconds\":5,\"requests_per_minute\":100000}");
        admin.group("open", "");
        String limits = "\"limits\":{\"concurrent_edits\":" + KEY_LIMIT + ",\"queue_wait_seconds\":5}";
        String rate = "\"limits\":{\"requests_per_minute\":" + PER_MINUTE + "}";
        return List.of(key(admin, "limited", limits, KEY_LIMIT, 0), key(admin, "limited", limits, KEY_LIMIT, 0),
                key(admin, "open", rate, 0, PER_MINUTE), key(admin, "open", "\"budget\":\"1\"", 0, 0));
    }

    private static ApiKey key(Admin admin, String group, String settings, int limit, int perMinute) {
        JsonNode issued = admin.issue(group, settings);
        return new ApiKey(issued.at("/key/id").asText(), issued.path("secret").asText(), group, limit, perMinute);
    }

    private void round(Fleet fleet, Load load, Admin admin, int round) throws Exception {
        for (int i = 0; i < ONE_IN; i++) { // the provider fails now and then, too
            fleet.upstream().scenarios().next(ONE_IN, Scenario.delay(DELAY));
            fleet.upstream().scenarios().next(i % 2 == 0 ? Scenario.status(503) : new Scenario.Reset());
        }
        load.awaitDelivered(SOME);
        List<Boolean> outages = new ArrayList<>(List.of(true, false));
        List<Integer> instances = new ArrayList<>(List.of(0, 1, 2));
        if (round > 0) {
            Collections.shuffle(outages, random);
            Collections.shuffle(instances, random);
        }
        for (boolean refused : outages) {
            takeDatabaseAway(fleet, load, refused);
        }
        LostSlot lost = new LostSlot(fleet, admin, round);
        deaths.add(Instant.now());
        lost.freeze(instances.get(0));
        deaths.add(Instant.now());
        fleet.kill(instances.get(1));
        lost.waitForSlot(instances.get(1));
        fleet.restart(instances.get(2));
        for (boolean refused : outages) { // while the lease of the frozen gateway runs out
            takeStoreAway(fleet, load, refused);
        }
        lost.awaitPassedOn();
        fleet.thaw(instances.get(0));
        lost.assertNotSent();
        fleet.awaitReady();
        load.awaitDelivered(2 * SOME);
    }

    /** Until clients have noticed, and in long runs for up to half a minute more. */
    private void takeDatabaseAway(Fleet fleet, Load load, boolean refused) {
        Instant begin = Instant.now();
        takeAway(fleet.proxy(), refused, () -> load.awaitDatabaseAway(2 * SOME));
        Duration outage = Duration.between(begin, Instant.now());
        longestOutage = outage.compareTo(longestOutage) > 0 ? outage : longestOutage;
        load.awaitDelivered(SOME);
    }

    private void takeStoreAway(Fleet fleet, Load load, boolean refused) {
        Instant begin = Instant.now();
        takeAway(fleet.store(), refused, () -> load.awaitStoreAway(SOME));
        storeOutages.add(new Outage(begin, Instant.now()));
        load.awaitStored(SOME);
    }

    private void takeAway(DatabaseProxy way, boolean refused, Runnable noticed) {
        if (refused) {
            way.cut();
        } else {
            way.silence();
        }
        try {
            noticed.run();
            if (ROUNDS > 1) {
                Awaitility.await().pollDelay(Duration.ofMillis(random.nextInt(30_000))).atMost(Fleet.TIMEOUT)
                        .until(() -> true);
            }
        } finally {
            way.restore();
        }
    }

    /** Each link that a client has leads to an image, and each idempotency key to the same images as before. */
    private void assertImagesAreKept(URI gateway, Load load) throws Exception {
        try (ExecutorService clients = Executors.newFixedThreadPool(CLIENTS, Thread.ofVirtual().factory())) {
            for (Future<?> checked : clients.invokeAll(load.delivered().entrySet().stream()
                    .map(each -> (Callable<Void>) () -> {
                        assertKept(gateway, load, each.getKey(), each.getValue());
                        return null;
                    }).toList())) {
                checked.get();
            }
        }
    }

    private void assertKept(URI gateway, Load load, String prompt, ReturnedImages images)
            throws IOException, InterruptedException {
        List<Integer> hashes = images.hashes();
        if (Kind.of(prompt).isKeyed()) {
            ApiKey key = load.key(prompt).orElseThrow();
            HttpResponse<String> again = FleetClient.send(gateway, key.secret(), prompt);
            if (Kind.of(prompt) == Kind.KEYED_STREAM && again.statusCode() == 409) {
                // its client has all images, but the store was away before the stream was kept: docs/storage.md
                assertThat(again.body()).as(prompt).contains("idempotency_outcome_unknown");
                Instant delivered = load.deliveredAt(prompt);
                assertThat(storeOutages).as("outages of the store, when %s was delivered: %s", prompt, delivered)
                        .anyMatch(outage -> outage.touches(delivered));
                return;
            }
            assertThat(again.statusCode()).as("%s: %s", prompt, again.body()).isIn(200, 202);
            assertThat(again.headers().firstValue("idempotent-replayed")).as(prompt).hasValue("true");
            assertThat(ReturnedImages.in(again.body()).hashes()).as(prompt).isEqualTo(hashes);
        }
    }

    /** Each task ends, and one that succeeded has its image. */
    private void assertTasksEnd(URI gateway, Load load) {
        try (HttpClient client = HttpClient.newHttpClient()) {
            for (Load.Submitted task : load.tasks()) {
                Awaitility.await(task.prompt()).atMost(Fleet.TIMEOUT).pollInterval(Duration.ofMillis(50))
                        .untilAsserted(() -> {
                            JsonNode state = mapper.readTree(client.send(HttpRequest
                                    .newBuilder(gateway.resolve("/v1/tasks/" + task.id()))
                                    .header("Authorization", "Bearer " + task.key().secret()).build(),
                                    BodyHandlers.ofString()).body());
                            if (state.path("status").asText().equals("succeeded")) {
                                load.delivered(task.prompt(), ReturnedImages.in(state.path("result").toString()));
                            }
                            assertThat(state.path("status").asText()).as(state.toString()).isIn("succeeded", "failed");
                        });
            }
        }
    }
}
