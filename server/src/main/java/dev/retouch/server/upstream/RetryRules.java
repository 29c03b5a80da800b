package dev.retouch.server.upstream;

import java.time.Duration;

/**
 * How much is done for an edit that failed without having run.
 *
 * @param attempts how often it is sent at most, to one upstream or several
 * @param budgetPercent how many edits of a hundred may be sent to the same upstream again
 * @param firstWait how long to wait before the first such repetition, give or take half of it; each further wait is twice as long
 * @param longestWait what an upstream may ask to be left alone for, so that it is still waited for
 */
public record RetryRules(int attempts, int budgetPercent, Duration firstWait, Duration longestWait) {

    /** Usual waits. */
    public static RetryRules of(int attempts, int budgetPercent) {
        return new RetryRules(attempts, budgetPercent, Duration.ofMillis(250), Duration.ofSeconds(5));
    }
}
