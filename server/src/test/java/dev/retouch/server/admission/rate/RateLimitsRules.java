package dev.retouch.server.admission.rate;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;

import org.junit.jupiter.api.Test;

import dev.retouch.server.admission.RateLimitExceededException;
import dev.retouch.server.fixture.ConcurrentRequests;
import dev.retouch.server.fixture.ManualTime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/**
 * Rules for every implementation of rate limits. The two limiters are the same, or two instances that share a
 * database.
 */
public abstract class RateLimitsRules {

    public final ManualTime time = new ManualTime();

    abstract RateLimiter one();

    abstract RateLimiter other();

    private RateLimiter either(int number) {
        return number % 2 == 0 ? one() : other();
    }

    private static RateLimitScope requests(String name, int perMinute) {
        return new RateLimitScope(name, perMinute, null);
    }

    private RateLimitExceededException refused(List<RateLimitScope> scopes, int images) {
        return catchThrowableOfType(RateLimitExceededException.class, () -> one().take(scopes, images));
    }

    @Test
    void nothingIsLimitedWithoutALimit() {
        assertThat(one().take(List.of(), 5).headers()).isEmpty();
        assertThat(one().take(List.of(new RateLimitScope("key:k", null, null)), 5).headers()).isEmpty();
    }

    @Test
    void headersTellWhatIsLeft() {
        RateLimitScope key = new RateLimitScope("key:k", 60, 30);
        assertThat(one().take(List.of(key), 3).headers()).containsExactly(
                Map.entry("x-ratelimit-limit-requests", "60"),
                Map.entry("x-ratelimit-remaining-requests", "59"),
                Map.entry("x-ratelimit-reset-requests", "1s"),
                Map.entry("x-ratelimit-limit-images", "30"),
                Map.entry("x-ratelimit-remaining-images", "27"),
                Map.entry("x-ratelimit-reset-images", "6s"));
        assertThat(other().take(List.of(key), 27).headers()).containsEntry("x-ratelimit-remaining-images", "0")
                .containsEntry("x-ratelimit-reset-images", "1m0s").containsEntry("x-ratelimit-remaining-requests",
                        "58");
    }

    @Test
    void headersAreThoseOfTheTightestScope() {
        RateLimitScope key = new RateLimitScope("key:k", 10, 1000);
        RateLimitScope group = new RateLimitScope("group:g", 100, 500);
        assertThat(one().take(List.of(key, group), 2).headers()).containsEntry("x-ratelimit-limit-requests", "10")
                .containsEntry("x-ratelimit-limit-images", "500");
        assertThat(one().take(List.of(requests("group:g", 100)), 2).headers())
                .containsEntry("x-ratelimit-remaining-requests", "98").doesNotContainKey("x-ratelimit-limit-images");
    }

    @Test
    void allowsOneMinuteAtOnceThenTheRate() {
        List<RateLimitScope> scopes = List.of(requests("key:k", 7));
        for (int i = 0; i < 7; i++) {
            either(i).take(scopes, 1);
        }
        RateLimitExceededException refusal = refused(scopes, 1);
        assertThat(refusal.scope()).isEqualTo("key:k");
        assertThat(refusal.kind()).isEqualTo(RateLimitUnit.REQUESTS);
        assertThat(refusal.perMinute()).isEqualTo(7);
        assertThat(refusal.headers()).containsEntry("x-ratelimit-remaining-requests", "0")
                .containsEntry("x-ratelimit-reset-requests", "1m0s");

        letThroughAfterExactly(refusal.retryAfter(), scopes, 1);
        assertThat(refused(scopes, 1)).isNotNull();
    }

    @Test
    void retryAfterIsThatOfTheSlowestLimit() {
        List<RateLimitScope> scopes = List.of(new RateLimitScope("key:k", 60, 20),
                new RateLimitScope("group:g", 30, 1000));
        one().take(scopes, 18);
        RateLimitExceededException refusal = refused(scopes, 5);
        assertThat(refusal.kind()).isEqualTo(RateLimitUnit.IMAGES);
        assertThat(refusal.retryAfter()).isEqualTo(Duration.ofSeconds(9));
        letThroughAfterExactly(refusal.retryAfter(), scopes, 5);
    }

    private void letThroughAfterExactly(Duration wait, List<RateLimitScope> scopes, int images) {
        time.advance(wait.minusMillis(1));
        assertThat(refused(scopes, images).retryAfter()).isEqualTo(Duration.ofMillis(1));
        time.advance(Duration.ofMillis(1));
        other().take(scopes, images);
    }

    @Test
    void aRefusalTakesNothing() {
        RateLimitScope key = new RateLimitScope("key:k", 10, 100);
        RateLimitScope group = new RateLimitScope("group:g", 10, 3);
        one().take(List.of(key, group), 3);
        for (int i = 0; i < 5; i++) {
            assertThat(refused(List.of(key, group), 3).scope()).isEqualTo("group:g");
        }
        assertThat(one().take(List.of(key), 1).headers()).containsEntry("x-ratelimit-remaining-requests", "8")
                .containsEntry("x-ratelimit-remaining-images", "96");
    }

    @Test
    void moreThanAMinutesWorthNeverPasses() {
        RateLimitScope key = new RateLimitScope("key:k", 10, 5);
        assertThatThrownBy(() -> one().take(List.of(new RateLimitScope("group:g", 1, 100), key), 6))
                .isInstanceOfSatisfying(ImagesAboveLimitException.class, refusal -> {
                    assertThat(refusal.scope()).isEqualTo("key:k");
                    assertThat(refusal.images()).isEqualTo(6);
                    assertThat(refusal.perMinute()).isEqualTo(5);
                });
        assertThat(one().take(List.of(key), 5).headers()).containsEntry("x-ratelimit-remaining-requests", "9");
    }

    @Test
    void withoutImagesOnlyTheRequestCounts() {
        assertThat(one().take(List.of(new RateLimitScope("key:k", 10, 5)), 0).headers())
                .containsEntry("x-ratelimit-remaining-requests", "9")
                .containsEntry("x-ratelimit-remaining-images", "5")
                .containsEntry("x-ratelimit-reset-images", "0s");
    }

    /** About half of the limit is used before and after the change. */
    @Test
    void aChangedLimitHoldsAtOnce() {
        for (int i = 0; i < 10; i++) {
            one().take(List.of(requests("key:k", 20)), 1);
        }
        assertThat(one().take(List.of(requests("key:k", 200)), 1).headers())
                .containsEntry("x-ratelimit-limit-requests", "200")
                .containsEntry("x-ratelimit-remaining-requests", "99");
        assertThat(other().take(List.of(requests("key:k", 40)), 1).headers())
                .containsEntry("x-ratelimit-limit-requests", "40")
                .containsEntry("x-ratelimit-remaining-requests", "18");
        assertThat(refused(List.of(requests("key:k", 2)), 1)).isNotNull();
    }

    @Test
    void anIdleLimitIsFullAgain() {
        one().take(List.of(new RateLimitScope("key:k", 2, 10)), 10);
        time.advance(Duration.ofMinutes(3));
        assertThat(one().take(List.of(new RateLimitScope("key:k", 2, 10)), 1).headers())
                .containsEntry("x-ratelimit-remaining-images", "9").containsEntry("x-ratelimit-remaining-requests",
                        "1");
    }

    /**
     * Time does not advance, so the number of admitted requests is known. The key's limit decides for some keys, the
     * group's limit for others.
     */
    @Test
    void limitsAreExactUnderParallelCalls() throws Throwable {
        RateLimitScope group = new RateLimitScope("group:g", 50, 1000);
        List<Future<RateLimitStatus>> takes = new ArrayList<>();
        try (ConcurrentRequests crowd = new ConcurrentRequests()) {
            for (int i = 0; i < 150; i++) {
                int number = i;
                RateLimitScope key = new RateLimitScope("key:" + number / 2 % 2, 30, 1000);
                takes.add(crowd.run(() -> either(number).take(List.of(key, group), 2)));
            }
            int passed = 0;
            for (Future<RateLimitStatus> take : takes) {
                Class<?> failure = ConcurrentRequests.failureOf(take);
                assertThat(failure).isIn(Void.class, RateLimitExceededException.class);
                passed += failure.equals(Void.class) ? 1 : 0;
            }
            assertThat(passed).isEqualTo(50);
        }
        assertThat(one().take(List.of(new RateLimitScope("group:g", null, 1000)), 1).headers())
                .containsEntry("x-ratelimit-remaining-images", "899");
    }
}
