package dev.retouch.contract.idempotency;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.retouch.contract.harness.Admin;
import dev.retouch.contract.harness.CheapEdit;
import dev.retouch.contract.harness.ConcurrentRequests;
import dev.retouch.contract.harness.Endpoint;
import dev.retouch.contract.harness.Fixtures;
import dev.retouch.contract.harness.Form;
import dev.retouch.contract.harness.Gateways;
import dev.retouch.contract.harness.LedgerProbe;
import dev.retouch.contract.harness.RawConnection;
import dev.retouch.contract.harness.Reply;
import dev.retouch.contract.harness.RunningGateway;
import dev.retouch.mock.scenario.Scenario;
import dev.retouch.mock.scenario.Scenario.Delay;
import dev.retouch.mock.scenario.Scenario.Reset;

import static org.assertj.core.api.Assertions.assertThat;

/** An edit with an idempotency key runs once, is charged once, and its response is replayed to every repetition. */
@TestInstance(Lifecycle.PER_CLASS)
class IdempotencyTest {

    private static final Form EDIT = CheapEdit.form();
    private static final byte[] IMAGE = Fixtures.image();
    private static final byte[] MASK = Fixtures.mask();
    private static final Form STREAM = Form.ofInput().text("size", "1024x1024").text("stream", "true")
            .text("partial_images", "2");

    private final RunningGateway gateway;
    private final Admin admin;
    private int groups;

    private Asker asker = new Asker(new Endpoint(URI.create("http://localhost"), "none yet"));
    private String keyId = "";

    IdempotencyTest() {
        Gateways.ownOnly();
        gateway = RunningGateway.start(Map.of("RETOUCH_ADMIN_TOKEN", Admin.TOKEN));
        admin = Admin.of(gateway);
    }

    @BeforeEach
    void begin() {
        gateway.sandbox().scenarios().clear();
        gateway.sandbox().journal().clear();
        String group = "again-" + groups++;
        JsonNode issued = admin.group(group, "").issue(group, "\"budget\":\"5\"");
        keyId = issued.path("key").path("id").asText();
        asker = new Asker(admin.as(issued));
    }

    @AfterAll
    void stop() {
        gateway.close();
    }

    private void assertRunOnce() {
        assertThat(Asker.edits(gateway.sandbox())).as("edits of the upstream").isEqualTo(1);
        try (LedgerProbe books = LedgerProbe.of(gateway.dataDir())) {
            assertThat(books.edits("key_id = '" + keyId + "'")).as("edits in the ledger").isEqualTo(1);
            books.assertSound();
        }
    }

    private String spent() {
        return admin.get("keys/" + keyId).json().path("budget").path("spent").asText();
    }

    private static void assertReplayed(Reply again, Reply first) {
        assertThat(again.status()).as(again.beginning()).isEqualTo(first.status());
        assertThat(again.header("content-type")).isEqualTo(first.header("content-type"));
        assertThat(unsigned(again)).isEqualTo(unsigned(first));
        assertThat(first.header("idempotent-replayed")).isEmpty();
        assertThat(again.header("idempotent-replayed")).contains("true");
        assertThat(again.header("x-request-id")).isNotEqualTo(first.header("x-request-id"));
    }

    /** The body without the signatures of its links: a replay signs them anew, and they differ when a second has passed. */
    private static String unsigned(Reply reply) {
        return new String(reply.body(), StandardCharsets.UTF_8).replaceAll("\\?expires=\\d+&signature=[\\w-]+", "");
    }

    private static void assertRefused(Reply reply, int status, String code, String shouldRetry) {
        assertThat(reply.error().path("code").asText()).as(reply.beginning()).isEqualTo(code);
        assertThat(reply.status()).isEqualTo(status);
        assertThat(reply.header("x-should-retry")).contains(shouldRetry);
    }

    @Test
    void repeatedRequestIsReplayedAtNoCost() {
        Reply first = asker.under("json", EDIT);
        Reply again = asker.under("json", EDIT);

        assertThat(first.status()).as(first.beginning()).isEqualTo(200);
        assertReplayed(again, first);
        assertThat(again.header("x-retouch-cost")).isEqualTo(first.header("x-retouch-cost")).isPresent();
        assertRunOnce();
        assertThat(spent()).isEqualTo(CheapEdit.PRICE);
    }

    @Test
    void fieldsInAnotherOrderAreTheSameRequest() {
        Form turned = Form.empty().text("n", "1").text("prompt", "a red balloon")
                .file("image", "a.png", "image/png", IMAGE).file("mask", "m.png", "image/png", MASK)
                .text("size", "256x256").text("model", "dall-e-2");
        Form other = Form.empty().text("model", "dall-e-2").text("size", "256x256").text("prompt", "a red balloon")
                .file("mask", "other-mask.png", "image/png", MASK)
                .file("image[]", "other-name.png", "application/octet-stream", IMAGE)
                .text("n", "1");

        Reply first = asker.under("order", turned);
        assertThat(first.status()).as(first.beginning()).isEqualTo(200);
        assertReplayed(asker.under("order", other), first);
        assertRunOnce();
    }

    @Test
    void aStreamIsReplayedAsItWas() {
        Reply first = asker.under("stream", STREAM);
        Reply again = asker.under("stream", STREAM);

        assertThat(first.header("content-type").orElse("")).startsWith("text/event-stream");
        assertThat(first.text()).contains("event: image_edit.partial_image", "event: image_edit.completed");
        assertReplayed(again, first);
        assertRunOnce();
    }

    /** What is recorded goes on to the client while it comes. */
    @Test
    void eventsComeOneByOne() throws IOException {
        gateway.sandbox().scenarios().next(new Delay(Duration.ZERO, Duration.ofSeconds(1)));
        long start = System.nanoTime();
        try (RawConnection connection = new RawConnection(asker.gateway())) {
            byte[] body = STREAM.bytes();
            connection.send(RawConnection.head(asker.gateway(), "Idempotency-Key: one-by-one",
                    "Content-Type: " + STREAM.contentType(), "Content-Length: " + body.length)).send(body);
            assertThat(connection.headOfReply().status()).isEqualTo(200);
            while (!connection.line().contains("image_edit.partial_image")) {
                // up to the first event
            }
            Duration first = Duration.ofNanos(System.nanoTime() - start);
            while (!connection.line().contains("image_edit.completed")) {
                // up to the last
            }
            Duration last = Duration.ofNanos(System.nanoTime() - start);
            assertThat(last.minus(first)).isGreaterThan(Duration.ofMillis(1500));
        }
    }

    @Test
    void anotherRequestUnderTheKeyIsRefused() {
        assertThat(asker.under("reused", EDIT).status()).isEqualTo(200);
        for (Form other : List.of(CheapEdit.form("another prompt"), EDIT.text("response_format", "b64_json"),
                EDIT.text("n", "1"))) {
            assertRefused(asker.under("reused", other), 422, "idempotency_key_reused", "false");
        }
        assertRunOnce();
    }

    @Test
    void whileItRunsTheKeyIsInUse() {
        gateway.sandbox().scenarios().next(Scenario.delay(Duration.ofSeconds(2)));
        ConcurrentRequests both = ConcurrentRequests.of(2, number -> {
            if (number == 1) {
                Asker.awaitEdits(gateway.sandbox(), 1);
            }
            return asker.under("busy", EDIT);
        });
        Reply busy = both.replies().getLast();
        assertRefused(busy, 409, "idempotency_key_in_use", "true");
        assertThat(ConcurrentRequests.retryAfter(busy)).isBetween(Duration.ofSeconds(1), Duration.ofSeconds(15));
        assertThat(busy.error().path("message").asText()).contains("still running", " s.");
        assertReplayed(asker.under("busy", EDIT), both.replies().getFirst());
        assertRunOnce();
    }

    @Test
    void twentyAtOnceAreOneEdit() {
        gateway.sandbox().scenarios().always(Scenario.delay(Duration.ofMillis(300)));
        ConcurrentRequests crowd = ConcurrentRequests.of(20,
                number -> ConcurrentRequests.waitingAsTold(() -> asker.under("twenty", EDIT)));

        assertThat(crowd.refused()).isEmpty();
        String first = crowd.replies().getFirst().withoutSignatures();
        assertThat(crowd.replies()).allSatisfy(reply -> assertThat(reply.withoutSignatures()).isEqualTo(first));
        assertThat(crowd.replies().stream().filter(reply -> reply.header("idempotent-replayed").isEmpty())).hasSize(1);
        assertRunOnce();
        assertThat(spent()).isEqualTo(CheapEdit.PRICE);
    }

    @Test
    void aRefusalBeforeTheEditFreesTheKey() {
        Form wrong = EDIT.text("n", "11");
        for (int i = 0; i < 2; i++) {
            Reply refused = asker.under("freed", wrong);
            assertRefused(refused, 400, "integer_above_max_value", "false");
            assertThat(refused.header("idempotent-replayed")).isEmpty();
        }
        assertThat(asker.under("freed", EDIT).status()).isEqualTo(200);
        assertRunOnce();
    }

    @Test
    void doesNotRepeatEditThatMayHaveRun() {
        gateway.sandbox().scenarios().next(new Reset());
        Reply first = asker.under("broken", EDIT);
        assertRefused(first, 502, "upstream_failed", "false");
        assertReplayed(asker.under("broken", EDIT), first);
        assertRunOnce();
    }

    @Test
    void replaysRefusalOfTheUpstream() {
        gateway.sandbox().scenarios().next(Scenario.status(400));
        Reply first = asker.under("refused", EDIT);
        assertThat(first.status()).isEqualTo(400);
        assertReplayed(asker.under("refused", EDIT), first);
        assertRunOnce();
    }

    @Test
    void everyAccountHasNamesOfItsOwn() {
        assertThat(asker.under("mine", EDIT).status()).isEqualTo(200);
        Reply other = new Asker(admin.group("others", "").key("others", "")).under("mine", EDIT);
        assertThat(other.status()).isEqualTo(200);
        assertThat(other.header("idempotent-replayed")).isEmpty();
        assertThat(Asker.edits(gateway.sandbox())).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"with a space", "tab\tulator", "", "-"})
    void refusesInvalidIdempotencyKey(String key) {
        String sent = key.equals("-") ? "k".repeat(256) : key;
        Reply refused = asker.under(sent, EDIT);
        assertRefused(refused, 400, "invalid_value", "false");
        assertThat(refused.error().path("param").asText()).isEqualTo("Idempotency-Key");
        assertThat(asker.under("k".repeat(255), EDIT).status()).isEqualTo(200);
    }

    @Test
    void disconnectedClientGetsItsResponseOnRetry() throws IOException {
        gateway.sandbox().scenarios().next(Scenario.delay(Duration.ofSeconds(1)));
        byte[] body = EDIT.bytes();
        RawConnection connection = new RawConnection(asker.gateway());
        connection.send(RawConnection.head(asker.gateway(), "Idempotency-Key: gone",
                "Content-Type: " + EDIT.contentType(), "Content-Length: " + body.length)).send(body);
        Asker.awaitEdits(gateway.sandbox(), 1);
        connection.reset();

        Reply back = ConcurrentRequests.waitingAsTold(() -> asker.under("gone", EDIT));
        assertThat(back.status()).as(back.beginning()).isEqualTo(200);
        assertThat(back.header("idempotent-replayed")).contains("true");
        assertThat(back.images()).hasSize(1);
        assertRunOnce();
        assertThat(spent()).isEqualTo(CheapEdit.PRICE);
    }
}
