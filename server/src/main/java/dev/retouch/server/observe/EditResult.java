package dev.retouch.server.observe;

import java.io.IOException;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

import dev.retouch.server.contract.model.ErrorCode;
import dev.retouch.server.error.ErrorRule;
import dev.retouch.server.error.ReplayedErrorException;
import dev.retouch.server.error.UpstreamRefusalException;
import dev.retouch.server.exchange.CanceledException;
import dev.retouch.server.exchange.Cancellation.Reason;
import dev.retouch.server.exchange.EditRecord;

/**
 * How an edit ended.
 *
 * @param code the error code of the contract; {@code none} if there was no error, and a fixed word for other ends
 * @param status the HTTP status of the outcome; 499 if the client canceled the edit
 */
record EditResult(Outcome outcome, String code, int status) {

    static final String NO_CODE = "none";

    /** The outcomes of an edit. */
    enum Outcome {
        /** The response has images. */
        SUCCEEDED,
        /** The gateway refused the edit before its dispatch. */
        REJECTED,
        /** An upstream refused the edit itself. */
        REFUSED,
        /** An upstream or the gateway failed. */
        FAILED,
        /** The client disconnected or canceled the task. */
        CANCELED,
        /** The stored response of an idempotency key was returned. */
        REPLAYED;

        /** The value of the label {@code outcome}. */
        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private static final EditResult SUCCESS = new EditResult(Outcome.SUCCEEDED, NO_CODE, 200);
    private static final EditResult CANCELED = new EditResult(Outcome.CANCELED, "client_disconnected", 499);
    private static final int SERVICE_UNAVAILABLE = 503;

    /**
     * Classifies the end of an edit.
     *
     * @param rules returns the rule of the error that a failure causes; empty for errors that are not the gateway's
     */
    static EditResult of(EditRecord edit, Function<Throwable, Optional<ErrorRule>> rules) {
        if (edit.failure().isEmpty()) {
            return edit.isReplay() ? new EditResult(Outcome.REPLAYED, NO_CODE, 200) : SUCCESS;
        }
        return switch (edit.failure().get()) {
            case ReplayedErrorException again -> new EditResult(Outcome.REPLAYED, NO_CODE, again.status());
            case UpstreamRefusalException refusal -> new EditResult(Outcome.REFUSED, code(refusal), 400);
            case CanceledException canceled when canceled.reason() != Reason.STOPPING -> CANCELED;
            case IOException _ -> CANCELED;
            case Throwable failure -> rules.apply(failure).map(rule -> of(edit, rule))
                    .orElseGet(() -> new EditResult(Outcome.FAILED, NO_CODE, 500));
        };
    }

    private static EditResult of(EditRecord edit, ErrorRule rule) {
        int status = rule.status();
        Outcome outcome = edit.attempts() == 0 && (status < 500 || status == SERVICE_UNAVAILABLE)
                ? Outcome.REJECTED
                : status < 500 ? Outcome.REFUSED : Outcome.FAILED;
        return new EditResult(outcome, rule.code().getValue(), status);
    }

    /** The upstream's code if the contract has it, because a label has no value that an upstream invents. */
    private static String code(UpstreamRefusalException refusal) {
        return refusal.code()
                .filter(given -> Arrays.stream(ErrorCode.values()).anyMatch(code -> code.getValue().equals(given)))
                .orElse("upstream_refusal");
    }
}
