package dev.retouch.contract.access;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

import com.fasterxml.jackson.databind.JsonNode;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

import dev.retouch.contract.harness.Admin;
import dev.retouch.contract.harness.CheapEdit;
import dev.retouch.contract.harness.ConcurrentRequests;
import dev.retouch.contract.harness.Contract;
import dev.retouch.contract.harness.Endpoint;
import dev.retouch.contract.harness.Events;
import dev.retouch.contract.harness.Form;
import dev.retouch.contract.harness.Gateways;
import dev.retouch.contract.harness.RawConnection;
import dev.retouch.contract.harness.Reply;
import dev.retouch.contract.harness.RunningGateway;
import dev.retouch.mock.scenario.Scenario;
import dev.retouch.mock.scenario.ScenarioQueue.Waiting;
import dev.retouch.mock.scenario.Script;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Never more concurrent edits than the limits allow; a refused client gets a {@code retry-after}, and no slot is lost.
 */
@TestInstance(Lifecycle.PER_CLASS)
class RoomTest {

    private static final Form EDIT = CheapEdit.form();
    private static final Form STREAM = Form.ofInput().text("quality", "low").text("stream", "true")
            .text("partial_images", "2");
    /** Long enough for another request to come meanwhile, also where the machine is slow. */
    private static final Duration LONG = Duration.ofSeconds(3);
    /** After this a change must be in effect. */
    private static final Duration SOON = Duration.ofSeconds(1);

    private final RunningGateway gateway;
    private final Admin admin;
    private final Contract contract = new Contract();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    RoomTest() {
        Gateways.ownOnly();
        gateway = RunningGateway.start(Map.of("RETOUCH_ADMIN_TOKEN", Admin.TOKEN));
        admin = Admin.of(gateway);
    }

    @AfterEach
    void settle() {
        gateway.sandbox().scenarios().clear();
        awaitAtUpstream(gateway, 0);
    }

    @AfterAll
    void stop() {
        threads.close();
        gateway.close();
    }

    private static void awaitAtUpstream(RunningGateway which, int edits) {
        Awaitility.await().atMost(Duration.ofSeconds(20)).pollInterval(Duration.ofMillis(10))
                .until(() -> which.sandbox().journal().inFlight() == edits);
    }

    /** Starts an edit that is at the upstream when this returns, and stays there for this time. */
    private CompletableFuture<Reply> begin(Endpoint caller, Duration time) {
        int before = gateway.sandbox().journal().inFlight();
        gateway.sandbox().scenarios().next(Scenario.delay(time));
        CompletableFuture<Reply> edit = CompletableFuture.supplyAsync(() -> caller.edit(EDIT), threads);
        awaitAtUpstream(gateway, before + 1);
        return edit;
    }

    private void assertRefusal(Reply refusal, int status, String code) {
        assertThat(refusal.status()).as(refusal.beginning()).isEqualTo(status);
        assertThat(refusal.error().path("code").asText()).isEqualTo(code);
        assertThat(refusal.error().path("type").asText()).isEqualTo(contract.error(code).path("type").asText());
        assertThat(refusal.header("x-should-retry")).contains("true");
        assertThat(ConcurrentRequests.retryAfter(refusal)).isGreaterThanOrEqualTo(Duration.ofSeconds(1));
        contract.assertValid("ErrorEnvelope", refusal.text());
    }

    @Test
    void runsFourQueuesEightRefusesTheRest() {
        admin.group("room-crowd", "\"limits\":{\"concurrent_edits\":4,\"queue\":8}");
        Endpoint caller = admin.key("room-crowd", "");
        gateway.sandbox().scenarios().always(Scenario.delay(Duration.ofMillis(500)));
        gateway.sandbox().journal().clear();

        ConcurrentRequests crowd = ConcurrentRequests.of(100, _ -> caller.edit(EDIT));

        assertThat(gateway.sandbox().journal().peakEdits()).isEqualTo(4);
        assertThat(crowd.with(200)).isGreaterThanOrEqualTo(12);
        assertThat(crowd.refused()).isNotEmpty().allSatisfy(reply -> assertRefusal(reply, 429, "queue_full"));
        assertThat(crowd.refused().getFirst().error().path("message").asText()).contains("4", "this key's group");
    }

    /** A limit of the key's own holds within that of its group. */
    @Test
    void aKeyHasPlacesOfItsOwn() {
        admin.group("room-keys", "\"limits\":{\"concurrent_edits\":3,\"queue\":100}");
        Endpoint small = admin.key("room-keys", "\"limits\":{\"concurrent_edits\":1,\"queue\":100}");
        Endpoint other = admin.key("room-keys", "");
        gateway.sandbox().scenarios().always(Scenario.delay(Duration.ofMillis(150)));

        gateway.sandbox().journal().clear();
        assertThat(ConcurrentRequests.of(4, _ -> small.edit(EDIT)).with(200)).isEqualTo(4);
        assertThat(gateway.sandbox().journal().peakEdits()).isEqualTo(1);

        gateway.sandbox().journal().clear();
        assertThat(ConcurrentRequests.of(12, number -> (number % 4 == 0 ? small : other).edit(EDIT)).with(200))
                .isEqualTo(12);
        assertThat(gateway.sandbox().journal().peakEdits()).isEqualTo(3);
    }

    @Test
    void succeedsAfterWaitingRetryAfter() {
        admin.group("room-patient", "\"limits\":{\"concurrent_edits\":2,\"queue\":2}");
        Endpoint caller = admin.key("room-patient", "");
        gateway.sandbox().scenarios().always(Scenario.delay(Duration.ofMillis(200)));

        assertThat(ConcurrentRequests.of(10, _ -> ConcurrentRequests.waitingAsTold(() -> caller.edit(EDIT))).with(200))
                .isEqualTo(10);
    }

    @Test
    void waitsAtMostTheGroupsQueueWait() throws Exception {
        admin.group("room-hasty", "\"limits\":{\"concurrent_edits\":1,\"queue_wait_seconds\":1}");
        Endpoint caller = admin.key("room-hasty", "");
        CompletableFuture<Reply> first = begin(caller, LONG);

        long start = System.nanoTime();
        Reply second = caller.edit(EDIT);
        assertRefusal(second, 429, "concurrency_limit_exceeded");
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(Duration.ofSeconds(1));
        assertThat(first).as("still with the upstream").isNotDone();
        assertThat(first.get().status()).isEqualTo(200);
        assertThat(caller.edit(EDIT).status()).isEqualTo(200);
    }

    @Test
    void changedLimitsAreInEffectWithinASecond() throws Exception {
        admin.group("room-changed", "\"limits\":{\"concurrent_edits\":1,\"queue\":0}");
        JsonNode issued = admin.issue("room-changed", "\"limits\":{\"concurrent_edits\":5}");
        Endpoint caller = admin.as(issued);
        CompletableFuture<Reply> first = begin(caller, LONG.multipliedBy(2));
        assertRefusal(caller.edit(EDIT), 429, "queue_full");

        change("groups/room-changed", "{\"limits\":{\"concurrent_edits\":2,\"queue\":0}}");
        assertThat(caller.edit(EDIT).status()).isEqualTo(200);

        change("keys/" + issued.path("key").path("id").asText(), "{\"limits\":{\"concurrent_edits\":1,\"queue\":0}}");
        Reply refused = caller.edit(EDIT);
        assertRefusal(refused, 429, "queue_full");
        assertThat(refused.error().path("message").asText()).contains("this key").doesNotContain("this key's group");
        assertThat(first).as("still with the upstream").isNotDone();
        assertThat(first.get().status()).isEqualTo(200);
    }

    /** Whatever is asked once the second is over must meet what was changed. */
    private void change(String path, String json) {
        Reply reply = admin.patch(path, json);
        assertThat(reply.status()).as(reply.beginning()).isEqualTo(200);
        Awaitility.await().pollDelay(SOON).until(() -> true);
    }

    /** The only place would be missing in the next step, where one did not come back in the step before. */
    @Test
    void everyEndOfAnEditGivesItsPlaceBack() throws Exception {
        admin.group("room-only", "\"limits\":{\"concurrent_edits\":1,\"queue\":1,\"queue_wait_seconds\":5},"
                + "\"moderation\":{\"mode\":\"block\"}");
        Endpoint caller = admin.key("room-only", "");
        Endpoint poor = admin.key("room-only", "\"budget\":\"0.001\"");

        for (Scenario failure : new Scenario[]{Scenario.status(500), Scenario.status(400), Scenario.rateLimit(1),
                new Scenario.Reset(), new Scenario.Truncate(OptionalLong.of(100)),
                new Scenario.FewerImages(1)}) {
            gateway.sandbox().scenarios().add(onEdit(failure));
            assertThat(caller.edit(EDIT).status()).as(failure.toString()).isNotEqualTo(200);
            assertRoom(caller, failure.toString());
        }
        assertThat(caller.edit(CheapEdit.form("flag-me")).error()
                .path("code").asText()).isEqualTo("moderation_blocked");
        assertRoom(caller, "refused by moderation");
        assertThat(poor.edit(EDIT).error().path("code").asText()).isEqualTo("insufficient_quota");
        assertRoom(caller, "refused for its price");

        gateway.sandbox().scenarios().add(onEdit(Scenario.delay(Duration.ofMillis(400))));
        try (RawConnection connection = new RawConnection(caller)) {
            send(connection, caller, EDIT);
            awaitAtUpstream(gateway, 1);
            connection.reset();
        }
        assertRoom(caller, "the caller was gone while the upstream worked");

        gateway.sandbox().scenarios().add(onEdit(new Scenario.Delay(Duration.ZERO, Duration.ofMillis(400))));
        try (Events events = Events.of(caller, STREAM)) {
            assertThat(events.next()).isPresent();
        }
        assertRoom(caller, "the caller was gone in the middle of a stream");
        gateway.sandbox().scenarios().add(onEdit(new Scenario.CutStream(1)));
        try (Events events = Events.of(caller, STREAM)) {
            assertThat(events.all()).isNotEmpty();
        }
        assertRoom(caller, "the upstream's stream broke off");
    }

    private static Waiting onEdit(Scenario scenario) {
        return new Waiting(
                new Script(List.of(scenario)),
                Optional.of(Endpoint.EDITS), Optional.of(1));
    }

    private static void send(RawConnection connection, Endpoint caller, Form form) throws IOException {
        byte[] body = form.bytes();
        connection.send(RawConnection.head(caller, "Content-Type: " + form.contentType(),
                "Content-Length: " + body.length)).send(body);
    }

    private static void assertRoom(Endpoint caller, String after) {
        Reply reply = caller.edit(EDIT);
        assertThat(reply.status()).as("after %s: %s", after, reply.beginning()).isEqualTo(200);
    }

    @Test
    void aFullServerSaysSoAndRecovers() throws Exception {
        try (RunningGateway small = RunningGateway.start(Map.of("RETOUCH_HTTP_MAX_REQUESTS_IN_FLIGHT", "2",
                "RETOUCH_HTTP_MAX_PERCENT_PER_KEY", "100"))) {
            Endpoint caller = small.endpoint();
            small.sandbox().scenarios().next(2, Scenario.delay(LONG));
            CompletableFuture<ConcurrentRequests> two = CompletableFuture.supplyAsync(
                    () -> ConcurrentRequests.of(2, _ -> caller.edit(EDIT)),
                    threads);
            awaitAtUpstream(small, 2);
            assertRefusal(caller.edit(EDIT), 503, "server_overloaded");
            assertRefusal(caller.get("/v1/models"), 503, "server_overloaded");
            assertThat(Endpoint.fetch(caller.at("/healthz")).status()).isEqualTo(200);
            assertThat(two).as("still with the upstream").isNotDone();
            assertThat(two.get().with(200)).isEqualTo(2);
            assertThat(ConcurrentRequests.waitingAsTold(() -> caller.edit(EDIT)).status()).isEqualTo(200);

            for (int i = 0; i < 4; i++) {
                try (RawConnection connection = new RawConnection(caller)) {
                    connection.send(RawConnection.head(caller, "Content-Type: " + EDIT.contentType(),
                            "Content-Length: 100000")).send("half of it").reset();
                }
            }
            Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> caller.edit(EDIT).status() == 200);
        }
    }
}
