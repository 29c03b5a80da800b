package dev.retouch.server.upstream;

import java.time.Duration;

/**
 * Bounds of retries and failover.
 *
 * @param attempts the most attempts of one edit, at all upstreams together
 * @param budgetPercent the most retries per 100 edits
 * @param firstWait the first backoff, randomized by half; each further backoff is twice as long
 * @param maxWait the longest {@code retry-after} that a retry waits for
 */
public record RetrySettings(int attempts, int budgetPercent, Duration firstWait, Duration maxWait) {

    /** Settings with a first backoff of 250 ms and a longest wait of 5 s. */
    public static RetrySettings of(int attempts, int budgetPercent) {
        return new RetrySettings(attempts, budgetPercent, Duration.ofMillis(250), Duration.ofSeconds(5));
    }
}
