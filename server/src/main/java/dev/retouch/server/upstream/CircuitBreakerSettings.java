package dev.retouch.server.upstream;

import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;

/**
 * When a circuit breaker opens, and for how long.
 *
 * @param minimumCalls the fewest attempts that are judged
 * @param openDuration time from opening until a few attempts probe the upstream
 * @param clock the time
 */
public record CircuitBreakerSettings(int minimumCalls, Duration openDuration, Clock clock) {

    private static final int WINDOW = 20;
    private static final int PROBES = 3;

    /** Opens if half of the last attempts failed. The duration of an attempt does not count, because an edit may take minutes. */
    CircuitBreakerConfig config() {
        return CircuitBreakerConfig.custom().clock(clock)
                .currentTimestampFunction(Clock::millis, TimeUnit.MILLISECONDS)
                .slidingWindow(Math.max(WINDOW, minimumCalls), minimumCalls,
                        CircuitBreakerConfig.SlidingWindowType.COUNT_BASED)
                .failureRateThreshold(50).slowCallDurationThreshold(Duration.ofDays(1))
                .waitDurationInOpenState(openDuration)
                .permittedNumberOfCallsInHalfOpenState(PROBES).build();
    }
}
