package dev.retouch.contract.idempotency;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

import com.fasterxml.jackson.databind.JsonNode;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

import dev.retouch.contract.harness.CheapEdit;
import dev.retouch.contract.harness.Endpoint;
import dev.retouch.contract.harness.Fixtures;
import dev.retouch.contract.harness.Form;
import dev.retouch.contract.harness.Gateways;
import dev.retouch.contract.harness.Reply;
import dev.retouch.contract.harness.RunningGateway;
import dev.retouch.mock.MockUpstream;
import dev.retouch.mock.scenario.Scenario;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Instances with one database, one object store and a data directory for each are one gateway. If the object store fails, edits that
 * need it are refused before they cost anything, or are not charged.
 */
@TestInstance(Lifecycle.PER_CLASS)
class ObjectStoreTest {

    private static final Form LINKS = CheapEdit.form().text("response_format", "url");
    private static final Form BASE64 = CheapEdit.form().text("response_format", "b64_json");
    private static final String FREE = "0";
    private static final String UNAVAILABLE = "The object store of the gateway is unavailable."
            + " Nothing was edited or charged. Try again later.";
    private static final String LOST = "The object store of the gateway failed, so the edited images are lost."
            + " Nothing was charged. Send the request again later.";

    private final StoredFleet fleet;
    private final MockUpstream upstream;

    ObjectStoreTest() throws Exception {
        Gateways.ownOnly();
        fleet = new StoredFleet();
        upstream = fleet.upstream();
    }

    @BeforeEach
    void forget() {
        upstream.scenarios().clear();
        upstream.journal().clear();
    }

    @AfterEach
    void repair() {
        fleet.repair();
        fleet.assertLedgerSound();
    }

    @AfterAll
    void stop() throws IOException {
        fleet.close();
    }

    private Asker at(int instance, JsonNode issued) {
        return StoredFleet.at(fleet.gateways().get(instance), issued);
    }

    /** The image of a link, from the other instance. */
    private Reply imageElsewhere(JsonNode link) {
        URI url = URI.create(link.asText());
        return Endpoint
                .fetch(URI.create(fleet.gateways().get(1).baseUrl() + url.getRawPath() + "?" + url.getRawQuery()));
    }

    private static void assertUnavailable(Reply reply, String message) {
        assertThat(reply.status()).as(reply.beginning()).isEqualTo(503);
        assertThat(reply.error().path("code").asText()).isEqualTo("storage_unavailable");
        assertThat(reply.error().path("message").asText()).isEqualTo(message);
        assertThat(reply.header("x-should-retry")).contains("true");
        assertThat(reply.header("retry-after")).isPresent();
    }

    /** Sends an edit, and cuts the way to the store while the upstream works on it. */
    private Reply cutWhileTheUpstreamWorks(Supplier<Reply> edit) {
        upstream.scenarios().next(Scenario.delay(Duration.ofMillis(600)));
        CompletableFuture<Reply> reply = CompletableFuture.supplyAsync(edit);
        Awaitility.await().atMost(StoredFleet.SOON).pollInterval(Duration.ofMillis(10))
                .until(() -> upstream.journal().inFlight() == 1);
        fleet.way().cut();
        return reply.join();
    }

    @Test
    void otherInstanceReplaysResponseAndServesItsImage() {
        JsonNode issued = fleet.issue();
        Reply first = at(0, issued).under("name", LINKS);
        assertThat(first.status()).as(first.beginning()).isEqualTo(200);

        Reply replay = at(1, issued).under("name", LINKS);
        assertThat(replay.header("idempotent-replayed")).contains("true");
        assertThat(replay.withoutSignatures()).isEqualTo(first.withoutSignatures());
        Reply image = imageElsewhere(first.json().at("/data/0/url"));
        assertThat(image.body()).isEqualTo(first.image()).isEqualTo(replay.image());
        assertThat(image.header("content-type")).contains("image/png");
        assertThat(Asker.edits(upstream)).isEqualTo(1);
        fleet.assertSpent(issued, CheapEdit.PRICE);
        assertThat(fleet.gateways()).allSatisfy(gateway -> assertThat(gateway.hostedFiles()).isEmpty());
        assertThat(fleet.store().names("files")).isNotEmpty();
        assertThat(fleet.store().names("answers")).isNotEmpty();
    }

    @Test
    void otherInstanceRunsTaskThatAStoppedOneAccepted() {
        JsonNode issued = fleet.issue();
        upstream.scenarios().always(Scenario.delay(Duration.ofMillis(300)));
        List<String> ids = new ArrayList<>();
        try (RunningGateway leaving = fleet.start(Map.of())) {
            Asker asker = StoredFleet.at(leaving, issued);
            ids.add(Asker.idOf(asker.later(BASE64)));
            ids.add(Asker.idOf(asker.later(BASE64)));
        }
        for (String id : ids) {
            JsonNode link = at(0, issued).taskOnceIn("succeeded", id).json().at("/result/data/0/url");
            assertThat(imageElsewhere(link).status()).isEqualTo(200);
        }
        assertThat(Asker.edits(upstream)).isEqualTo(2);
        fleet.assertSpent(issued, "0.032");
        Awaitility.await().atMost(StoredFleet.SOON).untilAsserted(() -> assertThat(fleet.store().names("tasks"))
                .noneMatch(name -> ids.stream().anyMatch(name::contains)));
    }

    @Test
    void presignedLinkLeadsToTheStoreAlsoInAReplay() {
        JsonNode issued = fleet.issue();
        try (RunningGateway gateway = fleet.start(Map.of("RETOUCH_STORAGE_PRESIGNED_URLS", "true"))) {
            Reply first = StoredFleet.at(gateway, issued).under("signed", LINKS);
            Reply replay = StoredFleet.at(gateway, issued).under("signed", LINKS);
            assertThat(replay.header("idempotent-replayed")).contains("true");
            assertThat(List.of(first, replay)).allSatisfy(reply -> {
                assertThat(reply.json().at("/data/0/url").asText())
                        .startsWith("http://127.0.0.1:" + fleet.way().port() + "/");
                assertThat(reply.image()).isEqualTo(first.image());
            });
        }
    }

    @Test
    void refusesEditsThatNeedTheStoreWhileItIsAway() {
        JsonNode issued = fleet.issue();
        Reply stored = at(0, issued).under("before", LINKS);
        upstream.journal().clear();
        fleet.way().cut();
        fleet.awaitStore("unavailable");

        Asker asker = at(0, issued);
        assertUnavailable(asker.send(LINKS), UNAVAILABLE);
        assertUnavailable(asker.under("away", BASE64), UNAVAILABLE);
        assertUnavailable(asker.later(BASE64), UNAVAILABLE);
        assertUnavailable(asker.under("before", LINKS), UNAVAILABLE);
        assertUnavailable(Endpoint.fetch(URI.create(stored.json().at("/data/0/url").asText())), UNAVAILABLE);
        assertThat(Asker.edits(upstream)).isZero();
        assertThat(Endpoint.fetch(URI.create(fleet.gateways().getFirst().baseUrl() + "/readyz")).status())
                .as("base64 does not need the store").isEqualTo(200);
        assertThat(asker.send(BASE64).status()).isEqualTo(200);

        fleet.way().restore();
        fleet.awaitStore("ok");
        assertThat(asker.under("away", BASE64).status()).isEqualTo(200);
        assertThat(asker.under("before", LINKS).image()).isEqualTo(stored.image());
        fleet.assertSpent(issued, "0.048");
    }

    @Test
    void editWhoseImageCannotBeStoredIsNotCharged() {
        JsonNode issued = fleet.issue();
        assertUnavailable(cutWhileTheUpstreamWorks(() -> at(0, issued).send(LINKS)), LOST);
        fleet.assertSpent(issued, FREE);
    }

    @Test
    void keyOfAResponseThatCannotBeStoredIsFreeAgain() {
        JsonNode issued = fleet.issue();
        for (Form form : List.of(BASE64, LINKS)) {
            String key = form.equals(LINKS) ? "links" : "base64";
            assertUnavailable(cutWhileTheUpstreamWorks(() -> at(0, issued).under(key, form)), LOST);
            fleet.assertSpent(issued, form.equals(LINKS) ? CheapEdit.PRICE : FREE);
            fleet.repair();
            assertThat(at(1, issued).under(key, form).image()).isNotEmpty();
        }
        fleet.assertSpent(issued, "0.032");
    }

    /** Its client has images already, so it gets the rest and pays for it; only the copy for replays is missing. */
    @Test
    void streamIsDeliveredAndChargedAlthoughItCannotBeStored() {
        JsonNode issued = fleet.issue();
        Form stream = Form.empty().text("model", "gpt-image-1").text("prompt", "p").text("stream", "true")
                .file("image", "image.png", "image/png", Fixtures.image());
        Reply reply = cutWhileTheUpstreamWorks(() -> at(0, issued).under("stream", stream));
        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.text()).contains("event: image_edit.completed").doesNotContain("event: error");
        String spent = fleet.spent(issued);
        assertThat(spent).isNotEqualTo(FREE);
        fleet.assertSpent(issued, spent);

        fleet.repair();
        Reply again = at(0, issued).under("stream", stream);
        assertThat(again.error().path("code").asText()).isEqualTo("idempotency_outcome_unknown");
        fleet.assertSpent(issued, spent);
    }

    @Test
    void taskWhoseResultCannotBeStoredFailsAndIsNotCharged() {
        JsonNode issued = fleet.issue();
        String id = Asker.idOf(cutWhileTheUpstreamWorks(() -> at(0, issued).later(BASE64)));
        JsonNode failed = at(1, issued).taskOnceIn("failed", id).json();
        assertThat(failed.at("/error/code").asText()).as(failed.toString()).isEqualTo("storage_unavailable");
        fleet.assertSpent(issued, FREE);
    }

    @Test
    void taskThatWaitsWhileTheStoreIsAwayRunsLater() {
        JsonNode issued = fleet.issue();
        upstream.scenarios().next(Scenario.delay(Duration.ofSeconds(2)));
        String first = Asker.idOf(at(0, issued).later(BASE64));
        String waiting = Asker.idOf(at(0, issued).later(BASE64));
        fleet.way().cut();
        fleet.awaitStore("unavailable");
        at(0, issued).taskOnceIn("failed", first);
        fleet.way().restore();
        at(0, issued).taskOnceIn("succeeded", waiting);
        fleet.assertSpent(issued, CheapEdit.PRICE);
    }

    /** The network swallows everything: the response is an error after a few seconds. */
    @Test
    void silentStoreIsRefusedInTime() {
        JsonNode issued = fleet.issue();
        at(0, issued).send(LINKS).image();
        fleet.way().silence();
        fleet.awaitStore("unavailable");
        long start = System.nanoTime();
        assertUnavailable(at(0, issued).send(LINKS), UNAVAILABLE);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
        fleet.assertSpent(issued, CheapEdit.PRICE);
    }
}
