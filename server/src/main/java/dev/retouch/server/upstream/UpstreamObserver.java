package dev.retouch.server.upstream;

import java.time.Duration;

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

    /** An attempt ended; a successful one when its response was read or closed. */
    void ended(String upstream, AttemptOutcome outcome, Duration duration);

    /** An edit is retried at the same upstream. */
    void retried(String upstream);

    /** An edit fails over to this upstream. */
    void failedOver(String upstream);
}
