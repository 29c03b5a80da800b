package dev.retouch.server.http;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Clients that read too slowly on average, and those that only seem to. */
class ResponsePaceTest {

    private static final Duration GRACE = Duration.ofSeconds(10);

    private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 5); // the clock of nanoseconds may overflow
    private final AtomicInteger aborted = new AtomicInteger();

    private ResponsePace pace(long rate) {
        return new ResponsePace(now::get, rate, GRACE, aborted::incrementAndGet);
    }

    private void pass(Duration time) {
        now.addAndGet(time.toNanos());
    }

    @Test
    void endsAWriteThatTakesTooLong() {
        ResponsePace pace = pace(1024);
        pace.writing(20 * 1024);
        pass(Duration.ofSeconds(19));
        assertThat(pace.abortIfTooSlow()).isFalse();
        pass(Duration.ofSeconds(2));
        assertThat(pace.abortIfTooSlow()).isTrue();
        assertThat(pace.abortIfTooSlow()).as("once").isFalse();
        assertThat(aborted).hasValue(1);
    }

    @Test
    void countsOnlyTheTimeOfWrites() {
        ResponsePace pace = pace(1024);
        for (int i = 0; i < 100; i++) {
            pace.writing(100);
            pass(Duration.ofMillis(50));
            pace.written();
            pass(Duration.ofHours(1));
            assertThat(pace.abortIfTooSlow()).isFalse();
        }
    }

    @Test
    void addsUpManySlowWrites() {
        ResponsePace pace = pace(1024);
        for (int i = 0; i < 10; i++) {
            pace.writing(10);
            pass(Duration.ofSeconds(1));
            assertThat(pace.abortIfTooSlow()).isFalse();
            pace.written();
        }
        pace.writing(10);
        pass(Duration.ofSeconds(1));
        assertThat(pace.abortIfTooSlow()).isTrue();
    }

    @Test
    void withoutAMinimumNothingIsTooSlow() {
        ResponsePace pace = pace(0);
        pace.writing(1);
        pass(Duration.ofHours(1));
        assertThat(pace.abortIfTooSlow()).isFalse();
    }
}
