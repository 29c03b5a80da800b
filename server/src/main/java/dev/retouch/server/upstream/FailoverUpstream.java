package dev.retouch.server.upstream;

import java.time.Duration;
import java.util.List;

import io.github.resilience4j.core.IntervalFunction;
import io.github.resilience4j.retry.Retry;
import io.github.resilience4j.retry.RetryConfig;

/**
 * Several upstreams that behave like one. An edit is sent again only where it certainly did not run, and no more often than the
 * rules allow. Waits between tries end with an interrupt of the thread.
 */
final class FailoverUpstream implements Upstream {

    private final List<Candidate> candidates;
    private final WeightedOrder order;
    private final RetryRules rules;
    private final RetryBudget budget;
    private final UpstreamObserver observer;
    private final IntervalFunction waits;
    private final Retry retry;

    FailoverUpstream(List<Candidate> candidates, WeightedOrder order, RetryRules rules, RetryBudget budget,
            UpstreamObserver observer) {
        this.candidates = List.copyOf(candidates);
        this.order = order;
        this.rules = rules;
        this.budget = budget;
        this.observer = observer;
        this.waits = IntervalFunction.ofExponentialRandomBackoff(rules.firstWait(), 2.0, 0.5);
        this.retry = Retry.of("upstreams", RetryConfig.<UpstreamAnswer>custom().maxAttempts(rules.attempts())
                .retryOnException(failure -> delay(failure) >= 0)
                .intervalBiFunction((_, ended) -> ended.isLeft() ? delay(ended.getLeft()) : 0L).build());
    }

    private static long delay(Throwable failure) {
        return failure instanceof FailedTryException tried
                ? tried.delay().map(Duration::toMillis).orElse(-1L)
                : -1;
    }

    @Override
    public UpstreamAnswer edit(OutgoingEdit edit) {
        budget.earn();
        Journey journey = new Journey(edit, order.of(candidates), rules, budget, waits, observer);
        try {
            return retry.executeCallable(journey::next);
        } catch (FailedTryException e) {
            if (Thread.currentThread().isInterrupted()) {
                throw new UpstreamInterruptedException(e);
            }
            throw journey.told(e);
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException("no try fails like this", e);
        }
    }
}
