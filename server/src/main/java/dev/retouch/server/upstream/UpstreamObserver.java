package dev.retouch.server.upstream;

import java.time.Duration;

/** Whoever wants to know how the upstreams do. Called by many threads. */
public interface UpstreamObserver {

    /** An upstream begins to work on an edit. */
    void began(String upstream);

    /** It is done with it; where it answered, the answer is read. */
    void ended(String upstream, Outcome outcome, Duration duration);

    /** An edit is sent to the same upstream again. */
    void retried(String upstream);

    /** An edit goes to this upstream because another failed. */
    void failedOver(String upstream);
}
