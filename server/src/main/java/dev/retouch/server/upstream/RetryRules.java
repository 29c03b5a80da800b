package dev.retouch.server.upstream;

import java.time.Duration;

import io.github.resilience4j.core.IntervalFunction;
import io.github.resilience4j.retry.Retry;
import io.github.resilience4j.retry.RetryConfig;

/**
 * When a further attempt follows a failed one: the failure itself says whether and after which delay. Made once for all edits of an
 * instance, because neither object has a state of a single edit.
 *
 * @param settings bounds of retries and failover
 * @param budget the retries that are left
 * @param backoff delay before a retry at the same upstream
 * @param retry repeats attempts
 */
record RetryRules(RetrySettings settings, RetryBudget budget, IntervalFunction backoff, Retry retry) {

    static RetryRules of(RetrySettings settings) {
        Retry retry = Retry.of("upstreams", RetryConfig.<UpstreamResponse>custom().maxAttempts(settings.attempts())
                .retryOnException(failure -> delay(failure) >= 0)
                .intervalBiFunction((_, ended) -> ended.isLeft() ? delay(ended.getLeft()) : 0L).build());
        return new RetryRules(settings, new RetryBudget(settings.budgetPercent()),
                IntervalFunction.ofExponentialRandomBackoff(settings.firstWait(), 2.0, 0.5), retry);
    }

    private static long delay(Throwable failure) {
        return failure instanceof AttemptFailedException tried
                ? tried.delay().map(Duration::toMillis).orElse(-1L)
                : -1;
    }
}
