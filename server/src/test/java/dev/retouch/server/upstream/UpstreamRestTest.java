package dev.retouch.server.upstream;

import java.time.Duration;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import dev.retouch.server.contract.model.ErrorMessage;
import dev.retouch.server.error.ApiException;
import dev.retouch.server.fixture.Failures;

import static org.assertj.core.api.Assertions.assertThat;

/** Upstreams that get no attempts: because of a long {@code retry-after}, or because they refuse the gateway's key. */
@Timeout(60)
class UpstreamRestTest {

    private final Bench bench = new Bench();

    private static ScriptedTries.Step limited(Duration retryAfter) {
        return ScriptedTries.failing(new ApiException(ErrorMessage.UPSTREAM_LIMITS_RATE).retryAfter(retryAfter),
                RetryScope.ANY_UPSTREAM, AttemptOutcome.LIMITED);
    }

    private static ScriptedTries.Step overloaded(Duration retryAfter) {
        return ScriptedTries.failing(new ApiException(ErrorMessage.UPSTREAM_IS_OVERLOADED).retryAfter(retryAfter),
                RetryScope.ANY_UPSTREAM, AttemptOutcome.OVERLOADED);
    }

    private UpstreamRegistry one() {
        return bench.provider("a", 1, 1).upstreams();
    }

    private UpstreamRegistry two() {
        return bench.provider("a", 1, 1).provider("b", 2, 1).upstreams();
    }

    @Test
    void skipsUpstreamUntilItsRetryAfterIsOver() {
        UpstreamRegistry registry = two();
        Upstream upstream = Edits.anyOf(registry);
        bench.script("a").next(limited(Duration.ofSeconds(60)));
        for (int i = 0; i < 3; i++) {
            assertThat(Bench.answered(upstream)).isEqualTo("b");
        }
        assertThat(bench.asked("a")).isEqualTo(1);
        assertThat(registry.breakerStates()).containsEntry("a", "open").containsEntry("b", "ok");

        bench.clock.advance(Duration.ofSeconds(59));
        assertThat(Bench.answered(upstream)).isEqualTo("b");
        bench.clock.advance(Duration.ofSeconds(2));
        assertThat(registry.breakerStates()).containsEntry("a", "ok");
        assertThat(Bench.answered(upstream)).isEqualTo("a");
    }

    @Test
    void reportsRemainingRetryAfterIfNoUpstreamIsLeft() {
        Upstream upstream = Edits.anyOf(one());
        bench.script("a").next(limited(Duration.ofSeconds(60)));
        assertThat(Failures.of(() -> upstream.edit(Bench.edit())).retryAfter()).hasValue(Duration.ofSeconds(60));

        bench.clock.advance(Duration.ofSeconds(20));
        ApiException failure = Failures.of(() -> upstream.edit(Bench.edit()));
        assertThat(failure.message()).isEqualTo(ErrorMessage.UPSTREAM_LIMITS_RATE);
        assertThat(failure.retryAfter()).hasValue(Duration.ofSeconds(40));
        assertThat(failure.mayHaveRun()).isFalse();
        assertThat(Failures.text(failure)).isEqualTo("The rate limit of the upstream was reached. Try again later.");
        assertThat(bench.asked("a")).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({"60, 600, UPSTREAM_LIMITS_RATE, 60", "600, 60, UPSTREAM_IS_OVERLOADED, 60"})
    void reportsTheUpstreamThatIsAvailableFirst(int first, int second, ErrorMessage message, int seconds) {
        Upstream upstream = Edits.anyOf(two());
        bench.script("a").next(limited(Duration.ofSeconds(first)));
        bench.script("b").next(overloaded(Duration.ofSeconds(second)));
        Failures.of(() -> upstream.edit(Bench.edit()));
        ApiException failure = Failures.of(() -> upstream.edit(Bench.edit()));
        assertThat(failure.message()).isEqualTo(message);
        assertThat(failure.retryAfter()).hasValue(Duration.ofSeconds(seconds));
    }

    @Test
    void limitsTheRestToAnHour() {
        Upstream upstream = Edits.anyOf(two());
        bench.script("a").next(limited(Duration.ofHours(23)));
        assertThat(Bench.answered(upstream)).isEqualTo("b");
        bench.clock.advance(Duration.ofMinutes(59));
        assertThat(Bench.answered(upstream)).isEqualTo("b");
        bench.clock.advance(Duration.ofMinutes(2));
        assertThat(Bench.answered(upstream)).isEqualTo("a");
    }

    @Test
    void keepsUpstreamAvailableIfRetryAfterIsShort() {
        UpstreamRegistry registry = two();
        Upstream upstream = Edits.anyOf(registry);
        bench.script("a").next(limited(Duration.ofSeconds(5)));
        assertThat(Bench.answered(upstream)).isEqualTo("b");
        assertThat(registry.breakerStates()).containsEntry("a", "ok");
        assertThat(Bench.answered(upstream)).isEqualTo("a");
    }

    @Test
    void retriesAtAvailableUpstreamIfTheLastOneAskedForALongRest() {
        Upstream upstream = Edits.anyOf(two());
        bench.script("a").next(ScriptedTries.unreachable());
        bench.script("b").next(limited(Duration.ofSeconds(60)));
        assertThat(Bench.answered(upstream)).isEqualTo("a");
        assertThat(bench.observer.calls()).contains("retried a");
    }

    @Test
    void sandboxNeverRests() {
        UpstreamRegistry registry = bench.sandbox().upstreams();
        Upstream upstream = Edits.anyOf(registry);
        bench.script("sandbox").next(limited(Duration.ofSeconds(60)));
        Failures.of(() -> upstream.edit(Bench.edit()));
        assertThat(registry.breakerStates()).containsEntry("sandbox", "ok");
        assertThat(Bench.answered(upstream)).isEqualTo("sandbox");
    }

    @Test
    void breakerOpensIfUpstreamKeepsRefusingTheKey() {
        UpstreamRegistry registry = two();
        Upstream upstream = Edits.anyOf(registry);
        bench.script("a").always(ScriptedTries.failing(ErrorMessage.UPSTREAM_REFUSED_CREDENTIALS,
                RetryScope.OTHER_UPSTREAM, AttemptOutcome.CREDENTIALS));
        for (int i = 0; i < 2 * Bench.REST_AFTER; i++) {
            assertThat(Bench.answered(upstream)).isEqualTo("b");
        }
        assertThat(bench.asked("a")).isEqualTo(Bench.REST_AFTER);
        assertThat(registry.breakerStates()).containsEntry("a", "open");
    }
}
