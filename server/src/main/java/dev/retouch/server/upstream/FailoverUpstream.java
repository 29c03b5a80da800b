package dev.retouch.server.upstream;

import java.util.List;

/**
 * Sends an edit to one of several upstreams, with retries and failover. A further attempt needs evidence that the edit did not run.
 * An interrupt ends a wait between attempts.
 */
final class FailoverUpstream implements Upstream {

    private final List<RoutedUpstream> candidates;
    private final WeightedOrder order;
    private final RetryRules rules;
    private final UpstreamObserver observer;

    FailoverUpstream(List<RoutedUpstream> candidates, WeightedOrder order, RetryRules rules,
            UpstreamObserver observer) {
        this.candidates = List.copyOf(candidates);
        this.order = order;
        this.rules = rules;
        this.observer = observer;
    }

    @Override
    public UpstreamResponse edit(UpstreamRequest edit, Runnable beforeAttempt) {
        rules.budget().deposit();
        AttemptSequence attempts = new AttemptSequence(edit, order.of(candidates), rules, observer, beforeAttempt);
        try {
            return rules.retry().executeCallable(attempts::next);
        } catch (AttemptFailedException e) {
            if (Thread.currentThread().isInterrupted()) {
                throw new UpstreamInterruptedException(e);
            }
            throw attempts.clientError(e);
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException("an attempt fails with an unknown exception", e);
        }
    }
}
