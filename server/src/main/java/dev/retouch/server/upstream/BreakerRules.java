package dev.retouch.server.upstream;

import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;

/**
 * When an upstream is left alone.
 *
 * @param minimumCalls how many calls it takes to judge
 * @param rest how long it is left alone before it is tried again
 * @param clock the time
 */
public record BreakerRules(int minimumCalls, Duration rest, Clock clock) {

    private static final int WINDOW = 20;
    private static final int PROBES = 3;

    /** Half of the last calls must have failed. How long one took says nothing, because edits may take minutes. */
    CircuitBreakerConfig config() {
        return CircuitBreakerConfig.custom().clock(clock)
                .currentTimestampFunction(Clock::millis, TimeUnit.MILLISECONDS)
                .slidingWindow(Math.max(WINDOW, minimumCalls), minimumCalls,
                        CircuitBreakerConfig.SlidingWindowType.COUNT_BASED)
                .failureRateThreshold(50).slowCallDurationThreshold(Duration.ofDays(1)).waitDurationInOpenState(rest)
                .permittedNumberOfCallsInHalfOpenState(PROBES).build();
    }
}
