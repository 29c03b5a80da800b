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
import dev.retouch.server.error.RelayedErrorException;
import dev.retouch.server.fixture.Failures;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

/** Who is asked, in which order, and who is asked again. */
@Timeout(60)
class FailoverTest {

    private static final int MANY = 10_000;

    private final Bench bench = new Bench();

    private Upstream serving(String... names) {
        return bench.upstreams().serving(List.of(names));
    }

    private Bench two() {
        return bench.provider("a", 1, 1).provider("b", 2, 1);
    }

    @Test
    void whoNamesNoneIsServedByTheProvidersAndByTheSandboxOnlyWhereThereIsNone() {
        two().sandbox();
        assertThat(bench.upstreams().chosen(List.of())).isEqualTo("a");
        bench.script("a").always(ScriptedTries.unreachable());
        bench.script("b").always(ScriptedTries.unreachable());
        assertThat(Failures.of(() -> serving().edit(Bench.edit())).message())
                .isEqualTo(ErrorMessage.UPSTREAM_IS_UNREACHABLE);
        assertThat(bench.asked("sandbox")).isZero();

        Bench bare = new Bench().sandbox();
        assertThat(Bench.answered(bare.upstreams().serving(List.of()))).isEqualTo("sandbox");
        assertThat(bare.upstreams().chosen(List.of())).isEqualTo("sandbox");
    }

    @Test
    void whoNamesSomeIsServedByThoseInTheOrderOfPriority() {
        two().provider("c", 1, 1).sandbox();
        Upstreams upstreams = bench.upstreams();
        assertThat(upstreams.chosen(List.of("b", "c"))).isEqualTo("c");
        assertThat(upstreams.chosen(List.of("c", "a"))).as("equals as they are listed").isEqualTo("c");
        assertThat(Bench.answered(upstreams.serving(List.of("b", "c")))).isEqualTo("c");
        assertThat(Bench.answered(upstreams.serving(List.of("gone", "b", "b")))).isEqualTo("b");
        assertThat(Bench.answered(upstreams.serving(List.of("sandbox")))).isEqualTo("sandbox");
        assertThat(Failures.of(() -> upstreams.serving(List.of("gone"))).message())
                .isEqualTo(ErrorMessage.UPSTREAM_IS_UNREACHABLE);
    }

    @Test
    void amongEqualsTheHeavierIsChosenMoreOften() {
        bench.provider("light", 1, 1).provider("heavy", 1, 3).provider("later", 2, 100);
        Upstream upstream = serving();
        Map<String, Integer> counts = new HashMap<>();
        for (int i = 0; i < MANY; i++) {
            counts.merge(Bench.answered(upstream), 1, Integer::sum);
        }
        assertThat(counts).containsOnlyKeys("light", "heavy");
        assertThat(counts.getOrDefault("heavy", 0) / (double) MANY).isCloseTo(0.75, within(0.02));
    }

    @ParameterizedTest
    @EnumSource(value = Again.class, names = "NEVER", mode = EnumSource.Mode.EXCLUDE)
    void anotherIsAskedAtOnceWhereTheEditDidNotRun(Again again) {
        two();
        bench.script("a").next(ScriptedTries.failing(new ApiException(ErrorMessage.UPSTREAM_LIMITS_RATE)
                .retryAfter(Duration.ofHours(1)), again, Outcome.LIMITED));
        assertThat(Bench.answered(serving())).isEqualTo("b");
        assertThat(bench.asked("a")).isEqualTo(1);
        assertThat(bench.observer.told()).containsExactly("began a", "LIMITED a", "failed over to b", "began b",
                "ANSWERED b");
    }

    @Test
    void nobodyIsAskedAgainWhereTheEditMayHaveRun() {
        two();
        bench.script("a").next(ScriptedTries.timedOut());
        ApiException failure = Failures.of(() -> serving().edit(Bench.edit()));
        assertThat(failure.message()).isEqualTo(ErrorMessage.UPSTREAM_TIMED_OUT);
        assertThat(failure.mayHaveRun()).isTrue();
        assertThat(bench.asked("a") + bench.asked("b")).isEqualTo(1);
    }

    @Test
    void aRefusalOfTheEditIsTheEndOfIt() {
        two();
        bench.script("a").next(ScriptedTries.refusing());
        assertThatThrownBy(() -> serving().edit(Bench.edit())).isInstanceOf(RelayedErrorException.class);
        assertThat(bench.asked("b")).isZero();
    }

    @Test
    void theSameIsAskedAgainWhereThereIsNoOther() {
        bench.provider("a", 1, 1);
        bench.script("a").next(ScriptedTries.unreachable()).next(ScriptedTries.unreachable());
        assertThat(Bench.answered(serving())).isEqualTo("a");
        assertThat(bench.asked("a")).isEqualTo(3);
        assertThat(bench.observer.told()).filteredOn("retried a"::equals).hasSize(2);
    }

    @Test
    void triesAreBounded() {
        bench.provider("a", 1, 1);
        bench.script("a").always(ScriptedTries.unreachable());
        assertThat(Failures.of(() -> serving().edit(Bench.edit())).message())
                .isEqualTo(ErrorMessage.UPSTREAM_IS_UNREACHABLE);
        assertThat(bench.asked("a")).isEqualTo(3);
    }

    @Test
    void whoRefusesOurKeyIsNotAskedAgain() {
        bench.provider("a", 1, 1);
        bench.script("a").always(
                ScriptedTries.failing(ErrorMessage.UPSTREAM_REFUSED_CREDENTIALS, Again.ELSEWHERE, Outcome.CREDENTIALS));
        assertThat(Failures.of(() -> serving().edit(Bench.edit())).message())
                .isEqualTo(ErrorMessage.UPSTREAM_REFUSED_CREDENTIALS);
        assertThat(bench.asked("a")).isEqualTo(1);
    }

    @Test
    void aLimitThatEndsSoonIsToldRatherThanOurOwnTrouble() {
        two();
        bench.script("a").always(ScriptedTries.failing(new ApiException(ErrorMessage.UPSTREAM_LIMITS_RATE)
                .retryAfter(Duration.ofSeconds(40)), Again.ANYWHERE, Outcome.LIMITED));
        bench.script("b").always(
                ScriptedTries.failing(ErrorMessage.UPSTREAM_REFUSED_CREDENTIALS, Again.ELSEWHERE, Outcome.CREDENTIALS));
        ApiException failure = Failures.of(() -> serving().edit(Bench.edit()));
        assertThat(failure.message()).isEqualTo(ErrorMessage.UPSTREAM_LIMITS_RATE);
        assertThat(failure.retryAfter()).hasValue(Duration.ofSeconds(40));
    }

    /** The last of several failures counts, with what it says of whether the edit may have run. */
    @Test
    void whatMayHaveRunIsToldWhateverCameBefore() {
        two();
        bench.script("a").always(ScriptedTries.unreachable());
        bench.script("b").always(ScriptedTries.timedOut());
        ApiException failure = Failures.of(() -> serving().edit(Bench.edit()));
        assertThat(failure.message()).isEqualTo(ErrorMessage.UPSTREAM_TIMED_OUT);
        assertThat(failure.mayHaveRun()).isTrue();
    }

    @Test
    void aLongRetryAfterIsNotWaitedFor() {
        bench.provider("a", 1, 1);
        bench.script("a").next(ScriptedTries.failing(new ApiException(ErrorMessage.UPSTREAM_IS_OVERLOADED)
                .retryAfter(Duration.ofSeconds(6)), Again.ANYWHERE, Outcome.OVERLOADED));
        assertThat(Failures.of(() -> serving().edit(Bench.edit())).retryAfter()).hasValue(Duration.ofSeconds(6));
        assertThat(bench.asked("a")).isEqualTo(1);
    }

    @Test
    void aShortRetryAfterIsHonoured() {
        bench.provider("a", 1, 1);
        bench.script("a").next(ScriptedTries.failing(new ApiException(ErrorMessage.UPSTREAM_IS_OVERLOADED)
                .retryAfter(Duration.ofMillis(300)), Again.ANYWHERE, Outcome.OVERLOADED));
        long start = System.nanoTime();
        assertThat(Bench.answered(serving())).isEqualTo("a");
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(Duration.ofMillis(300));
    }

    /** Ten that are always there, and then one for every five edits. */
    @Test
    void repetitionsStayRareAndFailoversDoNotCount() {
        bench.rules(new RetryRules(2, 20, Duration.ofMillis(1), Duration.ofSeconds(5))).provider("a", 1, 1);
        // which the breaker does not count, so that nothing but the budget stands in the way
        bench.script("a").always(ScriptedTries.failing(ErrorMessage.UPSTREAM_LIMITS_RATE, Again.ANYWHERE,
                Outcome.LIMITED));
        Upstream upstream = serving();
        for (int i = 0; i < 100; i++) {
            Failures.of(() -> upstream.edit(Bench.edit()));
        }
        assertThat(bench.asked("a") - 100).isBetween(28, 30);

        Bench free = new Bench().rules(new RetryRules(2, 0, Duration.ofMillis(1), Duration.ofSeconds(5)))
                .provider("a", 1, 1).provider("b", 2, 1);
        free.script("a").always(ScriptedTries.failing(ErrorMessage.UPSTREAM_LIMITS_RATE, Again.ANYWHERE,
                Outcome.LIMITED));
        Upstream both = free.upstreams().serving(List.of());
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
            assertThat(Failures.of(() -> serving().edit(Bench.edit())).message())
                    .isEqualTo(ErrorMessage.UPSTREAM_IS_UNREACHABLE);
        }
        assertThat(bench.asked("sandbox")).isEqualTo(3 * Bench.REST_AFTER);
        assertThat(bench.upstreams().states()).containsEntry("sandbox", "ok");
    }

    @Test
    void anInterruptEndsAWaitAtOnceAndStays() throws Exception {
        bench.rules(new RetryRules(3, 100, Duration.ofSeconds(50), Duration.ofSeconds(5))).provider("a", 1, 1);
        bench.script("a").always(ScriptedTries.unreachable());
        Upstream upstream = serving();
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
    void anAnswerThatBreaksOffIsCountedAndNotRepeated() throws IOException {
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
        try (UpstreamAnswer answer = serving().edit(Bench.edit())) {
            assertThatThrownBy(() -> answer.body().readAllBytes()).isInstanceOf(IOException.class);
        }
        assertThat(bench.observer.told()).containsExactly("began a", "BROKEN_OFF a");
    }
}
