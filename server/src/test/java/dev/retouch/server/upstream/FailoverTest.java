package dev.retouch.server.upstream;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import dev.retouch.server.contract.model.ErrorMessage;
import dev.retouch.server.error.ApiException;
import dev.retouch.server.error.UpstreamRefusalException;
import dev.retouch.server.fixture.Failures;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

/** Who is asked, in which order, and who is asked again. */
@Timeout(60)
class FailoverTest {

    private static final int MANY = 10_000;

    private final Bench bench = new Bench();

    private Upstream forGroup(String... names) {
        return Edits.anyOf(bench.upstreams(), names);
    }

    private Bench two() {
        return bench.provider("a", 1, 1).provider("b", 2, 1);
    }

    @Test
    void servesGroupWithoutUpstreamsByProvidersBeforeSandbox() {
        two().sandbox();
        assertThat(bench.upstreams().primaryName(List.of())).isEqualTo("a");
        bench.script("a").always(ScriptedTries.unreachable());
        bench.script("b").always(ScriptedTries.unreachable());
        assertThat(Failures.of(() -> forGroup().edit(Bench.edit())).message())
                .isEqualTo(ErrorMessage.UPSTREAM_IS_UNREACHABLE);
        assertThat(bench.asked("sandbox")).isZero();

        Bench bare = new Bench().sandbox();
        assertThat(Bench.answered(Edits.anyOf(bare.upstreams()))).isEqualTo("sandbox");
        assertThat(bare.upstreams().primaryName(List.of())).isEqualTo("sandbox");
    }

    @Test
    void servesGroupByItsUpstreamsInOrderOfPriority() {
        two().provider("c", 1, 1).sandbox();
        UpstreamRegistry upstreams = bench.upstreams();
        assertThat(upstreams.primaryName(List.of("b", "c"))).isEqualTo("c");
        assertThat(upstreams.primaryName(List.of("c", "a"))).as("equals as they are listed").isEqualTo("c");
        assertThat(Bench.answered(Edits.anyOf(upstreams, "b", "c"))).isEqualTo("c");
        assertThat(Bench.answered(Edits.anyOf(upstreams, "gone", "b", "b"))).isEqualTo("b");
        assertThat(Bench.answered(Edits.anyOf(upstreams, "sandbox"))).isEqualTo("sandbox");
        assertThat(Failures.of(() -> Edits.anyOf(upstreams, "gone")).message())
                .isEqualTo(ErrorMessage.UPSTREAM_IS_UNREACHABLE);
    }

    @Test
    void amongEqualsTheHeavierIsChosenMoreOften() {
        bench.provider("light", 1, 1).provider("heavy", 1, 3).provider("later", 2, 100);
        Upstream upstream = forGroup();
        Map<String, Integer> counts = new HashMap<>();
        for (int i = 0; i < MANY; i++) {
            counts.merge(Bench.answered(upstream), 1, Integer::sum);
        }
        assertThat(counts).containsOnlyKeys("light", "heavy");
        assertThat(counts.getOrDefault("heavy", 0) / (double) MANY).isCloseTo(0.75, within(0.02));
    }

    @ParameterizedTest
    @EnumSource(value = RetryScope.class, names = "NONE", mode = EnumSource.Mode.EXCLUDE)
    void failsOverAtOnceIfEditDidNotRun(RetryScope again) {
        two();
        bench.script("a").next(ScriptedTries.failing(new ApiException(ErrorMessage.UPSTREAM_LIMITS_RATE)
                .retryAfter(Duration.ofHours(1)), again, AttemptOutcome.LIMITED));
        assertThat(Bench.answered(forGroup())).isEqualTo("b");
        assertThat(bench.asked("a")).isEqualTo(1);
        assertThat(bench.observer.calls()).containsExactly("began a", "LIMITED a", "failed over to b", "began b",
                "ANSWERED b");
    }

    @Test
    void doesNotRetryIfTheEditMayHaveRun() {
        two();
        bench.script("a").next(ScriptedTries.timedOut());
        ApiException failure = Failures.of(() -> forGroup().edit(Bench.edit()));
        assertThat(failure.message()).isEqualTo(ErrorMessage.UPSTREAM_TIMED_OUT);
        assertThat(failure.mayHaveRun()).isTrue();
        assertThat(bench.asked("a") + bench.asked("b")).isEqualTo(1);
    }

    @Test
    void doesNotRetryARefusal() {
        two();
        bench.script("a").next(ScriptedTries.refusing());
        assertThatThrownBy(() -> forGroup().edit(Bench.edit())).isInstanceOf(UpstreamRefusalException.class);
        assertThat(bench.asked("b")).isZero();
    }

    @Test
    void retriesSameUpstreamIfThereIsNoOther() {
        bench.provider("a", 1, 1);
        bench.script("a").next(ScriptedTries.unreachable()).next(ScriptedTries.unreachable());
        assertThat(Bench.answered(forGroup())).isEqualTo("a");
        assertThat(bench.asked("a")).isEqualTo(3);
        assertThat(bench.observer.calls()).filteredOn("retried a"::equals).hasSize(2);
    }

    @Test
    void triesAreBounded() {
        bench.provider("a", 1, 1);
        bench.script("a").always(ScriptedTries.unreachable());
        assertThat(Failures.of(() -> forGroup().edit(Bench.edit())).message())
                .isEqualTo(ErrorMessage.UPSTREAM_IS_UNREACHABLE);
        assertThat(bench.asked("a")).isEqualTo(3);
    }

    @Test
    void doesNotRetryUpstreamThatRefusesTheKey() {
        bench.provider("a", 1, 1);
        bench.script("a").always(
                ScriptedTries.failing(ErrorMessage.UPSTREAM_REFUSED_CREDENTIALS, RetryScope.OTHER_UPSTREAM,
                        AttemptOutcome.CREDENTIALS));
        assertThat(Failures.of(() -> forGroup().edit(Bench.edit())).message())
                .isEqualTo(ErrorMessage.UPSTREAM_REFUSED_CREDENTIALS);
        assertThat(bench.asked("a")).isEqualTo(1);
    }

    @Test
    void reportsRateLimitBeforeGatewayFailure() {
        two();
        bench.script("a").always(ScriptedTries.failing(new ApiException(ErrorMessage.UPSTREAM_LIMITS_RATE)
                .retryAfter(Duration.ofSeconds(40)), RetryScope.ANY_UPSTREAM, AttemptOutcome.LIMITED));
        bench.script("b").always(
                ScriptedTries.failing(ErrorMessage.UPSTREAM_REFUSED_CREDENTIALS, RetryScope.OTHER_UPSTREAM,
                        AttemptOutcome.CREDENTIALS));
        ApiException failure = Failures.of(() -> forGroup().edit(Bench.edit()));
        assertThat(failure.message()).isEqualTo(ErrorMessage.UPSTREAM_LIMITS_RATE);
        assertThat(failure.retryAfter()).hasValue(Duration.ofSeconds(40));
    }

    /** The last of several failures counts, with what it says of whether the edit may have run. */
    @Test
    void reportsUnknownOutcomeBeforeEarlierFailures() {
        two();
        bench.script("a").always(ScriptedTries.unreachable());
        bench.script("b").always(ScriptedTries.timedOut());
        ApiException failure = Failures.of(() -> forGroup().edit(Bench.edit()));
        assertThat(failure.message()).isEqualTo(ErrorMessage.UPSTREAM_TIMED_OUT);
        assertThat(failure.mayHaveRun()).isTrue();
    }

    @Test
    void aLongRetryAfterIsNotWaitedFor() {
        bench.provider("a", 1, 1);
        bench.script("a").next(ScriptedTries.failing(new ApiException(ErrorMessage.UPSTREAM_IS_OVERLOADED)
                .retryAfter(Duration.ofSeconds(6)), RetryScope.ANY_UPSTREAM, AttemptOutcome.OVERLOADED));
        assertThat(Failures.of(() -> forGroup().edit(Bench.edit())).retryAfter()).hasValue(Duration.ofSeconds(6));
        assertThat(bench.asked("a")).isEqualTo(1);
    }

    @Test
    void aShortRetryAfterIsHonoured() {
        bench.provider("a", 1, 1);
        bench.script("a").next(ScriptedTries.failing(new ApiException(ErrorMessage.UPSTREAM_IS_OVERLOADED)
                .retryAfter(Duration.ofMillis(300)), RetryScope.ANY_UPSTREAM, AttemptOutcome.OVERLOADED));
        long start = System.nanoTime();
        assertThat(Bench.answered(forGroup())).isEqualTo("a");
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(Duration.ofMillis(300));
    }

    /** Ten that are always there, and then one for every five edits. */
    @Test
    void repetitionsStayRareAndFailoversDoNotCount() {
        bench.rules(new RetrySettings(2, 20, Duration.ofMillis(1), Duration.ofSeconds(5))).provider("a", 1, 1);
        // the breaker does not count it, so only the retry budget limits attempts
        bench.script("a").always(ScriptedTries.failing(ErrorMessage.UPSTREAM_LIMITS_RATE, RetryScope.ANY_UPSTREAM,
                AttemptOutcome.LIMITED));
        Upstream upstream = forGroup();
        for (int i = 0; i < 100; i++) {
            Failures.of(() -> upstream.edit(Bench.edit()));
        }
        assertThat(bench.asked("a") - 100).isBetween(28, 30);

        Bench free = new Bench().rules(new RetrySettings(2, 0, Duration.ofMillis(1), Duration.ofSeconds(5)))
                .provider("a", 1, 1).provider("b", 2, 1);
        free.script("a").always(ScriptedTries.failing(ErrorMessage.UPSTREAM_LIMITS_RATE, RetryScope.ANY_UPSTREAM,
                AttemptOutcome.LIMITED));
        Upstream both = Edits.anyOf(free.upstreams());
        for (int i = 0; i < 50; i++) {
            assertThat(Bench.answered(both)).isEqualTo("b");
        }
        assertThat(free.asked("a")).isEqualTo(50);
    }

    @Test
    void theSandboxShowsItsFailuresAsTheyAre() {
        bench.sandbox();
        for (int i = 0; i < 3 * Bench.REST_AFTER; i++) {
            bench.script("sandbox").next(ScriptedTries.unreachable());
            assertThat(Failures.of(() -> forGroup().edit(Bench.edit())).message())
                    .isEqualTo(ErrorMessage.UPSTREAM_IS_UNREACHABLE);
        }
        assertThat(bench.asked("sandbox")).isEqualTo(3 * Bench.REST_AFTER);
        assertThat(bench.upstreams().breakerStates()).containsEntry("sandbox", "ok");
    }

    @Test
    void anInterruptEndsAWaitAtOnceAndStays() throws Exception {
        bench.rules(new RetrySettings(3, 100, Duration.ofSeconds(50), Duration.ofSeconds(5))).provider("a", 1, 1);
        bench.script("a").always(ScriptedTries.unreachable());
        Upstream upstream = forGroup();
        try (ExecutorService thread = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Boolean> stayed = thread.submit(() -> {
                Thread.currentThread().interrupt();
                assertThatThrownBy(() -> upstream.edit(Bench.edit())).isInstanceOf(UpstreamInterruptedException.class);
                return Thread.currentThread().isInterrupted();
            });
            assertThat(stayed.get()).isTrue();
        }
        assertThat(bench.asked("a")).isEqualTo(1);
    }

    @Test
    void countsIncompleteResponseWithoutRetry() throws IOException {
        two();
        bench.script("a").next(() -> bench.script("a").answer(new InputStream() {
            @Override
            public int read() throws IOException {
                throw new IOException("gone");
            }

            @Override
            public int read(byte[] target, int offset, int length) throws IOException {
                throw new IOException("gone");
            }
        }));
        try (UpstreamResponse answer = forGroup().edit(Bench.edit())) {
            assertThatThrownBy(() -> answer.body().readAllBytes()).isInstanceOf(IOException.class);
        }
        assertThat(bench.observer.calls()).containsExactly("began a", "BROKEN_OFF a");
    }
}
