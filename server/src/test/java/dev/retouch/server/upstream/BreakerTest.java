package dev.retouch.server.upstream;

import java.time.Duration;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import dev.retouch.server.contract.model.ErrorMessage;
import dev.retouch.server.error.ApiException;
import dev.retouch.server.error.UpstreamRefusalException;
import dev.retouch.server.fixture.Failures;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** The breaker of a failing upstream opens, and closes when the upstream recovers. */
class BreakerTest {

    private final Bench bench = new Bench();

    private UpstreamRegistry alone() {
        return bench.rules(new RetrySettings(1, 100, Duration.ofMillis(1), Duration.ofSeconds(5))).provider("a", 1, 1)
                .upstreams();
    }

    private void fail(Upstream upstream, int times) {
        for (int i = 0; i < times; i++) {
            bench.script("a").next(ScriptedTries.unreachable());
            Failures.of(() -> upstream.edit(Bench.edit()));
        }
    }

    @Test
    void opensForAFailingUpstreamThenProbesIt() {
        UpstreamRegistry upstreams = alone();
        Upstream upstream = Edits.anyOf(upstreams);
        assertThat(upstreams.breakerStates()).containsEntry("a", "ok");
        fail(upstream, Bench.REST_AFTER);
        assertThat(upstreams.breakerStates()).containsEntry("a", "open");

        bench.clock.advance(Duration.ofSeconds(10));
        ApiException resting = Failures.of(() -> upstream.edit(Bench.edit()));
        assertThat(resting.message()).isEqualTo(ErrorMessage.UPSTREAMS_ARE_RESTING);
        assertThat(resting.retryAfter()).hasValue(Duration.ofSeconds(20));
        assertThat(resting.mayHaveRun()).isFalse();
        assertThat(Failures.text(resting)).isEqualTo(
                "All upstreams of this group failed recently, and their circuit breakers are open. Try again in 20 s.");
        assertThat(bench.asked("a")).isEqualTo(Bench.REST_AFTER);

        bench.clock.advance(Duration.ofSeconds(21));
        assertThat(upstreams.breakerStates()).as("it can be asked, though nobody has yet").containsEntry("a",
                "half-open");
        assertThat(Bench.answered(upstream)).isEqualTo("a");
        assertThat(upstreams.breakerStates()).containsEntry("a", "half-open");
        Bench.answered(upstream);
        Bench.answered(upstream);
        assertThat(upstreams.breakerStates()).containsEntry("a", "ok");
    }

    @Test
    void oneThatFailsItsProbesRestsAgain() {
        UpstreamRegistry upstreams = alone();
        Upstream upstream = Edits.anyOf(upstreams);
        fail(upstream, Bench.REST_AFTER);
        bench.clock.advance(Bench.REST.plusSeconds(1));
        fail(upstream, 3);
        assertThat(upstreams.breakerStates()).containsEntry("a", "open");
        assertThat(Failures.of(() -> upstream.edit(Bench.edit())).retryAfter()).hasValue(Bench.REST);
    }

    @Test
    void oneThatRestsIsPassedOver() {
        bench.provider("a", 1, 1).provider("b", 2, 1);
        UpstreamRegistry upstreams = bench.upstreams();
        Upstream upstream = Edits.anyOf(upstreams);
        bench.script("a").always(ScriptedTries.unreachable());
        for (int i = 0; i < 2 * Bench.REST_AFTER; i++) {
            assertThat(Bench.answered(upstream)).isEqualTo("b");
        }
        assertThat(bench.asked("a")).isEqualTo(Bench.REST_AFTER);
        assertThat(upstreams.breakerStates()).containsEntry("a", "open").containsEntry("b", "ok");
    }

    @ParameterizedTest
    @EnumSource(AttemptOutcome.class)
    void onlyWhatSpeaksAgainstItCounts(AttemptOutcome outcome) {
        UpstreamRegistry upstreams = alone();
        Upstream upstream = Edits.anyOf(upstreams);
        for (int i = 0; i < 2 * Bench.REST_AFTER; i++) {
            bench.script("a").next(ScriptedTries.failing(ErrorMessage.UPSTREAM_LIMITS_RATE, RetryScope.NONE, outcome));
            Failures.of(() -> upstream.edit(Bench.edit()));
        }
        boolean expected = switch (outcome) {
            case UNREACHABLE, CREDENTIALS, OVERLOADED, TIMED_OUT, FAILED, BROKEN_OFF -> true;
            case ANSWERED, REFUSED, LIMITED, CANCELED -> false;
        };
        assertThat(upstreams.breakerStates()).containsEntry("a", expected ? "open" : "ok");
    }

    /** So a provider is not left alone because its callers make mistakes. */
    @Test
    void aRefusalOfTheEditSpeaksForIt() {
        UpstreamRegistry upstreams = alone();
        Upstream upstream = Edits.anyOf(upstreams);
        fail(upstream, Bench.REST_AFTER);
        bench.clock.advance(Bench.REST.plusSeconds(1));
        for (int i = 0; i < 3; i++) {
            bench.script("a").next(ScriptedTries.refusing());
            assertThatThrownBy(() -> upstream.edit(Bench.edit())).isInstanceOf(UpstreamRefusalException.class);
        }
        assertThat(upstreams.breakerStates()).containsEntry("a", "ok");
    }

    /** A probe without a verdict releases its place to the next probe. */
    @Test
    void aLimitedProbeLeavesThePlaceOpen() {
        UpstreamRegistry upstreams = alone();
        Upstream upstream = Edits.anyOf(upstreams);
        fail(upstream, Bench.REST_AFTER);
        bench.clock.advance(Bench.REST.plusSeconds(1));
        for (int i = 0; i < 5; i++) {
            bench.script("a").next(ScriptedTries.failing(ErrorMessage.UPSTREAM_LIMITS_RATE, RetryScope.NONE,
                    AttemptOutcome.LIMITED));
            assertThat(Failures.of(() -> upstream.edit(Bench.edit())).message())
                    .isEqualTo(ErrorMessage.UPSTREAM_LIMITS_RATE);
        }
        assertThat(upstreams.breakerStates()).containsEntry("a", "half-open");
    }
}
