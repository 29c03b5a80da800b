package dev.retouch.server.edit;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

import dev.retouch.server.billing.EndReport;
import dev.retouch.server.contract.model.ErrorDetail;
import dev.retouch.server.error.SentError;
import dev.retouch.server.exchange.CanceledException;
import dev.retouch.server.exchange.Cancellation;
import dev.retouch.server.exchange.EditHistory;
import dev.retouch.server.exchange.EditHistory.Attempt;
import dev.retouch.server.exchange.EditRecord;

/**
 * Writes how an edit ran for administrators, as {@code EditReport} of the contract. A report has at most {@value #MAX_CHARS} characters.
 * It never has the prompt, also not where an upstream repeats a part of it ({@link PromptRedaction}).
 */
final class EditReportWriter {

    private static final int MAX_CHARS = 4096;
    private static final int MAX_TEXT = 500;
    private static final int MAX_NAME = 100;
    private static final String CUT = "...";
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private final SentError.Source errors;

    /** @param errors returns the error that the client of a failed edit gets */
    EditReportWriter(SentError.Source errors) {
        this.errors = errors;
    }

    /** Returns the report of an edit that ends now; empty if nothing is known. */
    Optional<EndReport> report(EditRecord edit, String prompt) {
        EditHistory history = edit.history();
        List<Attempt> attempts = new ArrayList<>(history.attempts());
        List<String> ids = attempts.stream().map(Attempt::upstreamId).filter(Objects::nonNull).distinct().toList();
        Optional<SentError> error = edit.failure().filter(EditReportWriter::isSent)
                .map(failure -> errors.of(failure, edit.id()));
        if (ids.isEmpty() && attempts.size() < 2 && error.isEmpty() && history.warning().isEmpty()
                && history.dropped().isEmpty()) {
            return Optional.empty();
        }
        Duration now = Duration.ofNanos(System.nanoTime() - edit.startNanos());
        String document = document(attempts, now, history, error, prompt);
        while (document.length() > MAX_CHARS && !attempts.isEmpty()) {
            attempts.removeFirst();
            document = document(attempts, now, history, error, prompt);
        }
        return Optional.of(new EndReport(document, ids));
    }

    /** Whether a client gets an error: one that has disconnected gets none. */
    private static boolean isSent(Throwable failure) {
        return switch (failure) {
            case CanceledException canceled -> canceled.reason() == Cancellation.Reason.STOPPING;
            case IOException _ -> false;
            default -> true;
        };
    }

    private static String document(List<Attempt> attempts, Duration now, EditHistory history,
            Optional<SentError> error, String prompt) {
        ObjectNode report = MAPPER.createObjectNode();
        ArrayNode list = report.putArray("attempts");
        attempts.forEach(attempt -> write(attempt, now, list.addObject()));
        history.warning().ifPresent(text -> report.put("warning", cut(text, MAX_TEXT)));
        history.dropped().ifPresent(text -> report.put("dropped_parameters", cut(text, MAX_TEXT)));
        error.ifPresent(sent -> write(sent, prompt, report.putObject("error")));
        return report.toString();
    }

    private static void write(Attempt attempt, Duration now, ObjectNode node) {
        Duration duration = attempt.duration();
        node.put("upstream", cut(attempt.upstream(), MAX_NAME)).put("model", cut(attempt.model(), MAX_NAME))
                .put("start_ms", attempt.start().toMillis())
                .put("duration_ms", (duration == null ? now.minus(attempt.start()) : duration).toMillis());
        put(node, "outcome", attempt.outcome());
        if (attempt.status() != null) {
            node.put("status", attempt.status());
        }
        put(node, "upstream_request_id", attempt.upstreamId());
        put(node, "repetition", attempt.repetition());
    }

    private static void write(SentError error, String prompt, ObjectNode node) {
        ErrorDetail detail = error.detail();
        node.put("status", error.status());
        put(node, "code", detail.getCode());
        put(node, "type", detail.getType() == null ? null : detail.getType().getValue());
        put(node, "param", detail.getParam());
        String message = Objects.requireNonNullElse(detail.getMessage(), "");
        put(node, "message", PromptRedaction.redact(cut(message, MAX_TEXT), prompt));
    }

    private static void put(ObjectNode node, String name, @Nullable String text) {
        if (text != null) {
            node.put(name, cut(text, MAX_TEXT));
        }
    }

    /** A text without its end if it is too long. No character is split. */
    static String cut(String text, int max) {
        if (text.length() <= max) {
            return text;
        }
        int end = max - CUT.length();
        return text.substring(0, Character.isHighSurrogate(text.charAt(end - 1)) ? end - 1 : end) + CUT;
    }
}
