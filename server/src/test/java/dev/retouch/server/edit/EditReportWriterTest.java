package dev.retouch.server.edit;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;

import dev.retouch.server.api.ContractDocument;
import dev.retouch.server.api.ErrorMapper;
import dev.retouch.server.billing.EndReport;
import dev.retouch.server.contract.model.ErrorMessage;
import dev.retouch.server.error.ApiException;
import dev.retouch.server.error.ErrorCatalogue;
import dev.retouch.server.error.ErrorEnvelopes;
import dev.retouch.server.error.UpstreamRefusalException;
import dev.retouch.server.exchange.CanceledException;
import dev.retouch.server.exchange.Cancellation;
import dev.retouch.server.exchange.EditObserver;
import dev.retouch.server.exchange.EditRecord;
import dev.retouch.server.upstream.AttemptOutcome;
import dev.retouch.server.upstream.Repetition;

import static org.assertj.core.api.Assertions.assertThat;

class EditReportWriterTest {

    private static final String PROMPT = "a \"secret\" garden";

    private final ErrorCatalogue catalogue = new ErrorCatalogue(ContractDocument.schemas());
    private final EditReportWriter writer = new EditReportWriter(
            new ErrorMapper(catalogue, new ErrorEnvelopes(catalogue))::sent);
    private final EditRecord edit = new EditRecord("req_1", System.nanoTime(), EditObserver.NONE);
    private final RecordedAttempts attempts = new RecordedAttempts(edit);

    private void attempt(String upstream, AttemptOutcome outcome, OptionalInt status, String id,
            Repetition repetition) {
        attempts.began(upstream);
        attempts.responded(upstream, status, Optional.of(id));
        attempts.ended(upstream, outcome, Duration.ofMillis(20));
        attempts.decided(upstream, repetition);
    }

    private EndReport report() {
        return writer.report(edit, PROMPT).orElseThrow();
    }

    private JsonNode document() throws JsonProcessingException {
        return new ObjectMapper().readTree(report().document());
    }

    @Test
    void saysNothingOfAPlainEditWithoutId() {
        attempts.began("a");
        attempts.ended("a", AttemptOutcome.ANSWERED, Duration.ofMillis(20));
        assertThat(writer.report(edit, PROMPT)).isEmpty();
    }

    @Test
    void saysWhyAttemptsFollowedOneAnother() throws JsonProcessingException {
        attempt("a", AttemptOutcome.OVERLOADED, OptionalInt.of(503), "req_a", Repetition.REPEATED);
        attempts.began("b");
        attempts.responded("b", OptionalInt.empty(), Optional.of("req_b"));
        JsonNode first = document().at("/attempts/0");
        assertThat(first.path("upstream").asText()).isEqualTo("a");
        assertThat(first.path("outcome").asText()).isEqualTo("overloaded");
        assertThat(first.path("status").asInt()).isEqualTo(503);
        assertThat(first.path("duration_ms").asLong()).isEqualTo(20);
        assertThat(first.path("upstream_request_id").asText()).isEqualTo("req_a");
        assertThat(first.path("repetition").asText()).isEqualTo("repeated");
        JsonNode second = document().at("/attempts/1");
        assertThat(second.has("outcome")).as("the response is not read yet").isFalse();
        assertThat(second.has("status")).isFalse();
        assertThat(document().has("error")).isFalse();
        assertThat(report().upstreamIds()).containsExactly("req_a", "req_b");
    }

    @Test
    void keepsWarningsAndTheErrorAsItWasSent() throws JsonProcessingException {
        edit.history().warned("the size differs");
        edit.history().dropped("input_fidelity");
        edit.failed(new ApiException(ErrorMessage.UPSTREAM_TIMED_OUT).withCause(new IOException("sk-very-secret")));
        JsonNode document = document();
        assertThat(document.path("warning").asText()).isEqualTo("the size differs");
        assertThat(document.path("dropped_parameters").asText()).isEqualTo("input_fidelity");
        assertThat(document.at("/error/status").asInt()).isEqualTo(504);
        assertThat(document.at("/error/code").asText()).isEqualTo("upstream_timeout");
        assertThat(document.at("/error/message").asText()).isEqualTo(ErrorMessage.UPSTREAM_TIMED_OUT.getValue());
        assertThat(document.toString()).doesNotContain("secret");
    }

    @Test
    void leavesOutAPromptThatTheUpstreamRepeats() throws JsonProcessingException {
        edit.failed(new UpstreamRefusalException("The prompt '" + PROMPT + "' is not allowed.",
                "invalid_request_error", Optional.of("prompt"), Optional.of("moderation_blocked")));
        assertThat(document().at("/error/message").asText()).isEqualTo("The prompt '[prompt]' is not allowed.");
        assertThat(document().at("/error/param").asText()).isEqualTo("prompt");
        assertThat(document().at("/error/status").asInt()).isEqualTo(400);
    }

    @Test
    void hasNoErrorOfAClientThatDisconnected() {
        edit.failed(new CanceledException(Cancellation.Reason.CLIENT_GONE));
        assertThat(writer.report(edit, PROMPT)).isEmpty();
        edit.failed(new CanceledException(Cancellation.Reason.STOPPING));
        assertThat(writer.report(edit, PROMPT)).isPresent();
    }

    @Test
    void splitsNoCharacterOfALongText() {
        assertThat(EditReportWriter.cut("abcdef", 6)).isEqualTo("abcdef");
        assertThat(EditReportWriter.cut("abcdefg", 6)).isEqualTo("abc...");
        assertThat(EditReportWriter.cut("ab\uD83D\uDE00defg", 6)).isEqualTo("ab...");
        assertThat(EditReportWriter.cut("a\uD83D\uDE00defg", 6)).isEqualTo("a\uD83D\uDE00...");
    }

    @Test
    void staysBelowItsLimit() throws JsonProcessingException {
        for (int i = 0; i < 20; i++) {
            attempt("u".repeat(500), AttemptOutcome.FAILED, OptionalInt.of(500), i + "\u0001".repeat(190),
                    Repetition.REPEATED);
        }
        edit.history().warned("w".repeat(5000));
        edit.failed(new UpstreamRefusalException("m".repeat(5000), "invalid_request_error", Optional.empty(),
                Optional.empty()));
        assertThat(report().document().length()).isLessThanOrEqualTo(4096);
        assertThat(document().path("attempts")).isNotEmpty();
        assertThat(document().at("/attempts").get(document().path("attempts").size() - 1).path("upstream_request_id")
                .asText()).startsWith("19");
        assertThat(document().at("/error/message").asText()).endsWith("...").hasSize(500);
    }
}
