package dev.retouch.server.edit;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;

import dev.retouch.server.exchange.EditRecord;
import dev.retouch.server.upstream.AttemptOutcome;
import dev.retouch.server.upstream.Repetition;
import dev.retouch.server.upstream.UpstreamObserver;

/** Notes the attempts of an edit in its record. */
record RecordedAttempts(EditRecord edit) implements UpstreamObserver {

    @Override
    public void began(String upstream) {
        edit.attempted(upstream);
    }

    @Override
    public void responded(String upstream, OptionalInt errorStatus, Optional<String> requestId) {
        edit.history().responded(errorStatus.isPresent() ? errorStatus.getAsInt() : null, requestId.orElse(null));
    }

    @Override
    public void decided(String upstream, Repetition repetition) {
        edit.history().decided(repetition.stored());
    }

    @Override
    public void ended(String upstream, AttemptOutcome outcome, Duration duration) {
        edit.answered(outcome.stored(), outcome == AttemptOutcome.ANSWERED, duration);
    }

    @Override
    public void retried(String upstream) {
        edit.retried();
    }

    @Override
    public void failedOver(String upstream) {
        edit.failedOver();
    }
}
