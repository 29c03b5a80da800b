package dev.retouch.server.upstream;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * The state of an upstream at one moment, as this instance sees it.
 *
 * @param name its name
 * @param priority the lowest is tried first
 * @param weight its share among upstreams of the same priority
 * @param state {@code ok}, {@code open} or {@code half-open}
 * @param remainingOpenTime time until it gets attempts again; zero if it gets them now
 * @param inFlight the number of attempts that run
 * @param lastFailure the last attempt that failed since the start of this instance
 */
public record UpstreamState(String name, int priority, int weight, String state, Duration remainingOpenTime,
        int inFlight, Optional<Failure> lastFailure) {

    /** A failed attempt, and the time at which it ended. */
    public record Failure(AttemptOutcome outcome, Instant time) {}
}
