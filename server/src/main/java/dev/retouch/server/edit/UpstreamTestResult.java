package dev.retouch.server.edit;

import java.time.Duration;
import java.util.Optional;

import dev.retouch.server.billing.Money;
import dev.retouch.server.upstream.AttemptOutcome;

/**
 * The result of a test of an upstream.
 *
 * @param end how the test ended
 * @param outcome the failure; empty unless the test failed
 * @param status the HTTP status of the upstream's response to a check; empty if there was none
 * @param duration the time until the test ended; empty if nothing was sent
 * @param message the upstream's words about the failure, redacted; may be empty
 * @param edit the model and the price of an edit; empty for a check
 */
public record UpstreamTestResult(End end, Optional<AttemptOutcome> outcome, Optional<Integer> status,
        Optional<Duration> duration, String message, Optional<TestEdit> edit) {

    /** How a test ended. */
    public enum End {
        /** The upstream accepted the key, or returned an edit. */
        PASSED,
        /** The upstream answered, and said nothing about the key. */
        REACHED,
        /** The test failed. */
        FAILED,
        /** Nothing was sent. */
        QUOTED
    }

    /**
     * The edit of a test.
     *
     * @param model the model id in the registry
     * @param minimum the minimum cost
     * @param maximum the maximum cost
     * @param currency the currency of both
     */
    public record TestEdit(String model, Money minimum, Money maximum, String currency) {}
}
