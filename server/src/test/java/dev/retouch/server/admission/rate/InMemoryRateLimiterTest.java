package dev.retouch.server.admission.rate;

import java.time.Duration;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Rate limits in memory. */
class InMemoryRateLimiterTest extends RateLimitsRules {

    private final InMemoryRateLimiter limits = new InMemoryRateLimiter(time);

    @Override
    RateLimiter one() {
        return limits;
    }

    @Override
    RateLimiter other() {
        return limits;
    }

    @ParameterizedTest
    @CsvSource({"0,0s", "1,1ms", "120000000,120ms", "999000000,999ms", "999000001,1s", "1000000000,1s",
            "1500000000,1.5s", "10000000000,10s", "60000000000,1m0s", "61200000000,1m1.2s", "360000000000,6m0s"})
    void durationsReadAsOpenAiWritesThem(long nanos, String text) {
        assertThat(RateLimitStatus.text(Duration.ofNanos(nanos))).isEqualTo(text);
    }
}
