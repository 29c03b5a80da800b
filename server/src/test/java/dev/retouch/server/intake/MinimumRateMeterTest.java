package dev.retouch.server.intake;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Bodies that come too slowly on average, and those that only seem to. */
final class MinimumRateMeterTest {

    private static final Duration GRACE = Duration.ofSeconds(10);

    private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 5); // the clock of nanoseconds may overflow

    @Test
    void aTrickleIsNoticedWhenTheGraceIsOver() {
        MinimumRateMeter pace = new MinimumRateMeter(now::get, 1024, GRACE);
        for (int second = 0; second < 10; second++) {
            assertThat(cameAfter(pace, Duration.ofSeconds(1), 1)).as("after %s s", second + 1).isFalse();
        }
        assertThat(cameAfter(pace, Duration.ofSeconds(1), 1)).isTrue();
    }

    @Test
    void acceptsBodyWithSufficientAverageRate() {
        MinimumRateMeter pace = new MinimumRateMeter(now::get, 1024, GRACE);
        assertThat(cameAfter(pace, Duration.ofSeconds(20), 30 * 1024)).isFalse();
        assertThat(cameAfter(pace, Duration.ofSeconds(9), 1)).isFalse();
        assertThat(cameAfter(pace, Duration.ofSeconds(9), 1)).isTrue();
    }

    @Test
    void timeThatTheGatewayItselfTakesDoesNotCount() {
        MinimumRateMeter pace = new MinimumRateMeter(now::get, 1024, GRACE);
        for (int i = 0; i < 20; i++) {
            assertThat(cameAfter(pace, Duration.ofMillis(100), 200)).isFalse();
            pass(Duration.ofHours(1));
        }
    }

    @Test
    void withoutALeastNothingIsATrickle() {
        MinimumRateMeter pace = new MinimumRateMeter(now::get, 0, Duration.ZERO);
        assertThat(cameAfter(pace, Duration.ofHours(1), 1)).isFalse();
    }

    private boolean cameAfter(MinimumRateMeter pace, Duration time, int bytes) {
        pace.waiting();
        pass(time);
        return pace.isTrickleAfter(bytes);
    }

    private void pass(Duration time) {
        now.addAndGet(time.toNanos());
    }
}
