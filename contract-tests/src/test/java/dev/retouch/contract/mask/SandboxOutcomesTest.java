package dev.retouch.contract.mask;

import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.util.Map;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.retouch.contract.harness.Admin;
import dev.retouch.contract.harness.CheapEdit;
import dev.retouch.contract.harness.Endpoint;
import dev.retouch.contract.harness.Form;
import dev.retouch.contract.harness.Gateways;
import dev.retouch.contract.harness.LedgerProbe;
import dev.retouch.contract.harness.Reply;
import dev.retouch.contract.harness.RunningGateway;

import static org.assertj.core.api.Assertions.assertThat;

/** The outcome of a sandbox edit is the one that the client chose, with the errors and charges of a provider's edit. */
@TestInstance(Lifecycle.PER_CLASS)
class SandboxOutcomesTest {

    private static final Form STREAM = Masked.form().text("stream", "true");

    private final RunningGateway gateway;
    private final Endpoint sandbox;
    /** A key of a group with a budget, so that its edits are charged. */
    private final Endpoint payer;

    SandboxOutcomesTest() {
        Gateways.ownOnly();
        gateway = RunningGateway.start(Map.of("RETOUCH_ADMIN_TOKEN", Admin.TOKEN));
        sandbox = gateway.endpoint();
        payer = Admin.of(gateway).group("payer", "\"upstreams\":[\"sandbox\"],\"budget\":\"100\"").key("payer", "");
    }

    @BeforeEach
    void forget() {
        gateway.sandbox().journal().clear();
    }

    @AfterAll
    void stop() {
        try (LedgerProbe ledger = LedgerProbe.of(gateway.dataDir())) {
            ledger.assertSound();
            assertThat(ledger.edits("state = 'held'")).isZero();
        }
        gateway.close();
    }

    private static Reply edit(Endpoint client, Form form, String outcome, String... headers) {
        var request = client.request(Endpoint.EDITS).header("Content-Type", form.contentType()).header("Retouch-Test",
                outcome);
        return Endpoint.send((headers.length == 0 ? request : request.headers(headers))
                .POST(BodyPublishers.ofByteArray(form.bytes())));
    }

    private String spent() {
        return Admin.of(gateway).get("groups/payer").json().at("/budget/spent").asText();
    }

    @ParameterizedTest
    @CsvSource({"moderation_blocked, 400, moderation_blocked", "rate_limited, 429, rate_limit_exceeded",
            "server_error, 502, upstream_failed", "cut, 502, upstream_failed",
            "fewer-images, 502, upstream_failed"})
    void failsAsAProviderDoes(String outcome, int status, String code) {
        for (Endpoint client : new Endpoint[]{sandbox, payer}) {
            String before = spent();
            Reply reply = edit(client, CheapEdit.form(), outcome);
            assertThat(reply.status()).as(reply.beginning()).isEqualTo(status);
            assertThat(reply.error().path("code").asText()).isEqualTo(code);
            assertThat(reply.header("retry-after").isPresent()).isEqualTo(status == 429);
            assertThat(spent()).isEqualTo(before);
        }
        assertThat(gateway.sandbox().journal().entries()).hasSize(2);
        assertThat(edit(sandbox, CheapEdit.form(), "no-usage").images()).as("the choice is for one edit").hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({"moderation_blocked, 400, moderation_blocked", "cut, 200, upstream_failed",
            "fewer-images, 200, upstream_failed"})
    void streamsFailAsAProvidersDo(String outcome, int status, String code) throws IOException {
        Reply reply = edit(payer, STREAM, outcome);
        assertThat(reply.status()).as(reply.beginning()).isEqualTo(status);
        JsonNode error = status == 200 ? lastEvent(reply).path("error") : reply.error();
        assertThat(error.path("code").asText()).isEqualTo(code);
    }

    @Test
    void fewerImagesAreDeliveredAndCharged() {
        Reply reply = edit(payer, CheapEdit.form().text("n", "2"), "fewer-images");
        assertThat(reply.images()).hasSize(1);
        assertThat(reply.header("x-retouch-warning")).contains("asked for 2 images, got 1");
        assertThat(reply.header("x-retouch-cost").orElse("")).startsWith(CheapEdit.PRICE);
    }

    @Test
    void anAnswerWithoutUsageIsChargedAllTheSame() {
        Form links = Masked.form().text("response_format", "url");
        Reply without = edit(payer, links, "no-usage");
        assertThat(without.images()).hasSize(1);
        assertThat(without.json().has("usage")).isFalse();
        assertThat(without.header("x-retouch-cost").orElse("0")).doesNotStartWith("0 ");
        assertThat(payer.edit(links).json().has("usage")).isTrue();
    }

    @Test
    void aSlowAnswerTakesItsTime() {
        long start = System.nanoTime();
        assertThat(edit(sandbox, CheapEdit.form(), "slow=2s").images()).hasSize(1);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(Duration.ofSeconds(2));
    }

    @Test
    void whatIsChangedOutsideAMaskIsRestoredIfItIsStrict() {
        Reply hint = edit(sandbox, Masked.form(), "changed-outside");
        assertThat(Masked.differenceOutside(hint.image())).as("it has another size").isEqualTo(-1);
        Reply strict = edit(sandbox, Masked.form().text("mask_mode", "strict"), "changed-outside");
        assertThat(Masked.differenceOutside(strict.image())).isZero();
        Form sameSize = Masked.asLargeAsTheResult().text("mask_mode", "strict");
        assertThat(changedOutside(edit(sandbox, sameSize, "changed-outside"))).isPositive();
        assertThat(changedOutside(sandbox.edit(sameSize))).as("the sandbox keeps what a mask keeps").isZero();
    }

    private static double changedOutside(Reply reply) {
        return Double.parseDouble(reply.header("x-retouch-mask").orElse("").replaceAll("[^0-9.]", ""));
    }

    @Test
    void aTaskAndAReplayHaveTheOutcomeToo() {
        Reply accepted = edit(sandbox, CheapEdit.form().text("n", "2"), "fewer-images", "Prefer", "respond-async");
        assertThat(accepted.status()).as(accepted.beginning()).isEqualTo(202);
        String path = "/v1/tasks/" + accepted.json().path("id").asText();
        Awaitility.await().atMost(Duration.ofSeconds(20)).untilAsserted(
                () -> assertThat(sandbox.get(path).json().path("status").asText()).isEqualTo("succeeded"));
        assertThat(sandbox.get(path).json().at("/result/data")).hasSize(1);
        assertThat(edit(sandbox, CheapEdit.form(), "server_error", "Idempotency-Key", "outcome-1").status())
                .isEqualTo(502);
        Reply replay = edit(sandbox, CheapEdit.form(), "server_error", "Idempotency-Key", "outcome-1");
        assertThat(replay.status()).isEqualTo(502);
        assertThat(replay.header("idempotent-replayed")).contains("true");
        assertThat(edit(sandbox, CheapEdit.form(), "cut", "Idempotency-Key", "outcome-1").status()).isEqualTo(422);
    }

    @ParameterizedTest
    @ValueSource(strings = {"moderation-blocked", "slow", "slow=0s", "slow=601s", "slow=5", "cut; after=1", " "})
    void otherOutcomesAreRefused(String outcome) {
        Reply reply = edit(sandbox, CheapEdit.form(), outcome);
        assertThat(reply.status()).as(reply.beginning()).isEqualTo(400);
        assertThat(reply.error().path("code").asText()).isEqualTo("invalid_value");
        assertThat(reply.error().path("param").asText()).isEqualTo("Retouch-Test");
        assertThat(gateway.sandbox().journal().entries()).isEmpty();
    }

    @Test
    void aKeyThatOtherUpstreamsMayServeIsRefused() {
        Endpoint other = Admin.of(gateway).group("other", "").key("other", "");
        Reply reply = edit(other, CheapEdit.form(), "server_error");
        assertThat(reply.status()).as(reply.beginning()).isEqualTo(400);
        assertThat(reply.error().path("message").asText()).startsWith("The header 'Retouch-Test' works only with");
        try (RunningGateway none = RunningGateway.start(Map.of("RETOUCH_ADMIN_TOKEN", Admin.TOKEN,
                "RETOUCH_SANDBOX_ENABLED", "false", "RETOUCH_UPSTREAM_URL", gateway.sandbox().baseUrl().toString()))) {
            Endpoint key = Admin.of(none).group("team", "").key("team", "");
            assertThat(edit(key, CheapEdit.form(), "server_error").status()).isEqualTo(400);
        }
    }

    private static JsonNode lastEvent(Reply reply) throws IOException {
        String text = reply.text().strip();
        String data = text.substring(text.lastIndexOf("data: ") + "data: ".length());
        return new ObjectMapper().readTree(data);
    }
}
