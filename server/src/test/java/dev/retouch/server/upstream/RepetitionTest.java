package dev.retouch.server.upstream;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;

import dev.retouch.server.contract.model.ErrorMessage;
import dev.retouch.server.error.ApiException;
import dev.retouch.server.error.UpstreamRefusalException;
import dev.retouch.server.fixture.Failures;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Why another attempt follows a failed one, or why not, and what the responses said. */
class RepetitionTest {

    private final Bench bench = new Bench();

    private Upstream all() {
        return Edits.anyOf(bench.upstreams());
    }

    private List<Repetition> failing() {
        Failures.of(() -> all().edit(Bench.edit()));
        return bench.observer.repetitions();
    }

    private static ScriptedTries.Step limited(int status, String id) {
        return () -> {
            throw new AttemptFailedException(
                    new ApiException(ErrorMessage.UPSTREAM_LIMITS_RATE)
                            .withHeaders(Map.of(UpstreamErrors.REQUEST_ID, id)),
                    RetryScope.ANY_UPSTREAM, AttemptOutcome.LIMITED).withStatus(status);
        };
    }

    @Test
    void repeatsAtOtherUpstreamAndReportsBothResponses() {
        bench.provider("a", 1, 1).provider("b", 2, 1);
        bench.script("a").next(limited(429, "req_a"));
        assertThat(Bench.answered(all())).isEqualTo("b");
        assertThat(bench.observer.repetitions()).containsExactly(Repetition.REPEATED);
        assertThat(bench.observer.responses()).containsExactly("a 429 req_a", "b - b");
    }

    @Test
    void doesNotRepeatWhatMayHaveRun() {
        bench.provider("a", 1, 1).provider("b", 2, 1);
        bench.script("a").next(ScriptedTries.timedOut());
        assertThat(failing()).containsExactly(Repetition.MAY_HAVE_RUN);
    }

    @Test
    void doesNotRepeatAResponseThatBrokeOff() throws IOException {
        bench.provider("a", 1, 1).provider("b", 2, 1);
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
        try (UpstreamResponse answer = all().edit(Bench.edit())) {
            assertThatThrownBy(() -> answer.body().readAllBytes()).isInstanceOf(IOException.class);
        }
        assertThat(bench.observer.repetitions()).containsExactly(Repetition.MAY_HAVE_RUN);
    }

    @Test
    void doesNotRepeatARefusal() {
        bench.provider("a", 1, 1).provider("b", 2, 1);
        bench.script("a").next(() -> {
            throw new UpstreamRefusalException("no", "invalid_request_error", Optional.empty(), Optional.empty())
                    .withHeaders(Map.of(UpstreamErrors.REQUEST_ID, "req_no")).withUpstreamStatus(400);
        });
        assertThatThrownBy(() -> all().edit(Bench.edit())).isInstanceOf(UpstreamRefusalException.class);
        assertThat(bench.observer.repetitions()).containsExactly(Repetition.REFUSED);
        assertThat(bench.observer.responses()).containsExactly("a 400 req_no");
    }

    @Test
    void endsIfAnotherAttemptIsNotWorthwhile() {
        bench.provider("a", 1, 1).provider("b", 2, 1);
        bench.script("a").next(ScriptedTries.failing(ErrorMessage.UPSTREAM_ANSWER_IS_NOT_AN_EDIT, RetryScope.NONE,
                AttemptOutcome.FAILED));
        assertThat(failing()).containsExactly(Repetition.NOT_WORTHWHILE);
    }

    @Test
    void endsWithTheNumberOfAttempts() {
        bench.rules(new RetrySettings(2, 100, Duration.ofMillis(1), Duration.ofSeconds(5))).provider("a", 1, 1);
        bench.script("a").always(ScriptedTries.unreachable());
        assertThat(failing()).containsExactly(Repetition.REPEATED, Repetition.ATTEMPTS_USED_UP);
    }

    @Test
    void asksBeforeEachAttemptAndEndsWithARefusal() {
        bench.provider("a", 1, 1);
        bench.script("a").always(limited(429, "req_a"));
        AtomicInteger left = new AtomicInteger(1);
        ApiException refusal = new ApiException(ErrorMessage.DATABASE_IS_UNAVAILABLE);
        assertThatThrownBy(() -> all().edit(Bench.edit(), () -> {
            if (left.getAndDecrement() == 0) {
                throw refusal;
            }
        })).isSameAs(refusal);
        assertThat(bench.asked("a")).isEqualTo(1);
    }

    @Test
    void endsWithTheLastUpstream() {
        bench.provider("a", 1, 1);
        bench.script("a").always(
                ScriptedTries.failing(ErrorMessage.UPSTREAM_REFUSED_CREDENTIALS, RetryScope.OTHER_UPSTREAM,
                        AttemptOutcome.CREDENTIALS));
        assertThat(failing()).containsExactly(Repetition.NO_UPSTREAM_LEFT);
    }

    @Test
    void endsWithTheRetryBudget() {
        bench.rules(new RetrySettings(2, 0, Duration.ofMillis(1), Duration.ofSeconds(5))).provider("a", 1, 1);
        bench.script("a").always(limited(429, "req_a"));
        Upstream upstream = all();
        for (int i = 0; i < 20; i++) { // the budget begins with some retries
            Failures.of(() -> upstream.edit(Bench.edit()));
        }
        assertThat(bench.observer.repetitions()).last().isEqualTo(Repetition.RETRY_BUDGET_USED_UP);
    }
}
