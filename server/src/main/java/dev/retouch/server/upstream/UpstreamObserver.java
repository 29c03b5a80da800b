package dev.retouch.server.upstream;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;

/** Receives the events of attempts, for metrics. Called by many threads. */
public interface UpstreamObserver {

    /** Returns an observer that passes each event to this observer and then to another. */
    default UpstreamObserver and(UpstreamObserver other) {
        UpstreamObserver self = this;
        return new UpstreamObserver() {
            @Override
            public void began(String upstream) {
                self.began(upstream);
                other.began(upstream);
            }

            @Override
            public void responded(String upstream, OptionalInt errorStatus, Optional<String> requestId) {
                self.responded(upstream, errorStatus, requestId);
                other.responded(upstream, errorStatus, requestId);
            }

            @Override
            public void decided(String upstream, Repetition repetition) {
                self.decided(upstream, repetition);
                other.decided(upstream, repetition);
            }

            @Override
            public void ended(String upstream, AttemptOutcome outcome, Duration duration) {
                self.ended(upstream, outcome, duration);
                other.ended(upstream, outcome, duration);
            }

            @Override
            public void retried(String upstream) {
                self.retried(upstream);
                other.retried(upstream);
            }

            @Override
            public void failedOver(String upstream) {
                self.failedOver(upstream);
                other.failedOver(upstream);
            }
        };
    }

    /** An attempt begins. */
    void began(String upstream);

    /**
     * The head of a response arrived.
     *
     * @param errorStatus the HTTP status of an error response; empty for an edit
     * @param requestId the upstream's id of the request, redacted
     */
    default void responded(String upstream, OptionalInt errorStatus, Optional<String> requestId) {
        // not counted
    }

    /** It is decided whether another attempt follows one that failed. */
    default void decided(String upstream, Repetition repetition) {
        // not counted
    }

    /** An attempt ended; a successful one when its response was read or closed. */
    void ended(String upstream, AttemptOutcome outcome, Duration duration);

    /** An edit is retried at the same upstream. */
    void retried(String upstream);

    /** An edit fails over to this upstream. */
    void failedOver(String upstream);
}
