package dev.retouch.server.api;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import dev.retouch.server.secret.Secret;

import static org.assertj.core.api.Assertions.assertThat;

/** Guesses get slow; peers that did not guess do not notice. */
@Tag("slow")
class AdminTokenCheckTest {

    private static final String TOKEN = "token-of-16-chars";
    private static final Duration SLOW = Duration.ofMillis(900);

    private final AtomicLong now = new AtomicLong();
    private final AdminTokenCheck check = new AdminTokenCheck(new Secret(TOKEN), now::get, Duration.ofSeconds(1));

    private void guess(String peer, int times) {
        for (int i = 0; i < times; i++) {
            assertThat(check.accepts(peer, "guess-" + i)).isFalse();
        }
    }

    private Duration duration(String peer, String token, boolean accepted) {
        long start = System.nanoTime();
        assertThat(check.accepts(peer, token)).isEqualTo(accepted);
        return Duration.ofNanos(System.nanoTime() - start);
    }

    @Test
    void peersThatGuessWaitAndOthersDoNot() {
        guess("192.0.2.1", AdminTokenCheck.FREE_FAILURES);
        assertThat(duration("192.0.2.1", "another", false)).isGreaterThan(SLOW);
        assertThat(duration("192.0.2.1", TOKEN, true)).isGreaterThan(SLOW);
        assertThat(duration("192.0.2.2", TOKEN, true)).isLessThan(SLOW);
        now.addAndGet(Duration.ofMinutes(2).toNanos());
        assertThat(duration("192.0.2.1", TOKEN, true)).isLessThan(SLOW);
    }

    @Test
    void fewAttemptsOfAPeerAreComparedAtOnce() throws Exception {
        guess("192.0.2.1", AdminTokenCheck.FREE_FAILURES);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Boolean>> attempts = IntStream.range(0, 40)
                    .mapToObj(i -> threads.submit(() -> check.accepts("192.0.2.1", TOKEN))).toList();
            int accepted = 0;
            for (Future<Boolean> attempt : attempts) {
                accepted += attempt.get() ? 1 : 0;
            }
            assertThat(accepted).as("even with the right token").isBetween(1, 8);
        }
    }

    @Test
    void withoutATokenNothingIsAccepted() {
        AdminTokenCheck off = new AdminTokenCheck(new Secret(""), now::get, Duration.ZERO);
        assertThat(off.isOn()).isFalse();
        assertThat(off.accepts("192.0.2.1", "")).isFalse();
    }
}
