package dev.retouch.server.upstream;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;

import org.jspecify.annotations.Nullable;

import dev.retouch.server.error.ApiException;

/**
 * The attempts of one edit. Failover to an upstream that was not tried comes first and has no delay. A retry at an upstream that was
 * tried waits for a backoff and takes a token of the retry budget.
 */
final class AttemptSequence {

    private final UpstreamRequest edit;
    private final List<RoutedUpstream> all;
    private final Deque<RoutedUpstream> untried;
    private final List<RoutedUpstream> retryable = new ArrayList<>();
    private final RetryRules rules;
    private final UpstreamObserver observer;
    private final Runnable beforeAttempt;
    private int attempts;
    private @Nullable AttemptFailedException reported;

    /**
     * The attempts of an edit.
     *
     * @param beforeAttempt called before each attempt; an exception of it ends the sequence
     */
    AttemptSequence(UpstreamRequest edit, List<RoutedUpstream> order, RetryRules rules, UpstreamObserver observer,
            Runnable beforeAttempt) {
        this.edit = edit;
        this.all = order;
        this.untried = new ArrayDeque<>(order);
        this.rules = rules;
        this.observer = observer;
        this.beforeAttempt = beforeAttempt;
    }

    /** Makes the next attempt. If it fails, the delay of the failure says whether and when another follows. */
    UpstreamResponse next() throws AttemptFailedException {
        beforeAttempt.run();
        for (RoutedUpstream candidate = untried.poll(); candidate != null; candidate = untried.poll()) {
            if (candidate.tryAcquire()) {
                if (attempts > 0) {
                    observer.failedOver(candidate.name());
                }
                return attempt(candidate);
            }
        }
        for (RoutedUpstream candidate : retryable) {
            if (candidate.tryAcquire()) {
                observer.retried(candidate.name());
                return attempt(candidate);
            }
        }
        throw reported == null ? noneAvailable() : reported;
    }

    /** The error of the response after the last attempt. Errors that may pass go before errors about the gateway's own key. */
    ApiException clientError(AttemptFailedException last) {
        return reported == null ? last.clientError() : reported.clientError();
    }

    private UpstreamResponse attempt(RoutedUpstream candidate) throws AttemptFailedException {
        attempts++;
        try {
            return candidate.send(edit, observer);
        } catch (AttemptFailedException e) {
            boolean ownCredentials = e.outcome() == AttemptOutcome.CREDENTIALS;
            // an edit that may have run decides about money, so it goes before what failed earlier
            if (reported == null || e.clientError().mayHaveRun() || !ownCredentials
                    || reported.outcome() == AttemptOutcome.CREDENTIALS) {
                reported = e;
            }
            e.clientError().retryAfter().filter(requested -> requested.compareTo(rules.settings().maxWait()) > 0)
                    .ifPresent(requested -> candidate.rest(requested, e.clientError().message()));
            retryable.remove(candidate);
            if (e.retryScope() == RetryScope.ANY_UPSTREAM && candidate.isRetryable()) {
                retryable.add(candidate);
            }
            Decision decision = decide(e);
            observer.decided(candidate.name(), decision.repetition());
            throw decision.delay() == null ? e : e.withDelay(decision.delay());
        }
    }

    /**
     * Whether another attempt follows.
     *
     * @param delay the time until it; null if none follows
     */
    private record Decision(Repetition repetition, @Nullable Duration delay) {

        static Decision repeat(Duration delay) {
            return new Decision(Repetition.REPEATED, delay);
        }

        static Decision end(Repetition why) {
            return new Decision(why, null);
        }
    }

    private Decision decide(AttemptFailedException failure) {
        if (failure.retryScope() == RetryScope.NONE) {
            return Decision.end(failure.clientError().mayHaveRun()
                    ? Repetition.MAY_HAVE_RUN
                    : Repetition.NOT_WORTHWHILE);
        }
        if (attempts >= rules.settings().attempts()) {
            return Decision.end(Repetition.ATTEMPTS_USED_UP);
        }
        if (untried.stream().anyMatch(candidate -> candidate.remainingOpenTime().isZero())) {
            return Decision.repeat(Duration.ZERO);
        }
        if (retryable.stream().noneMatch(candidate -> candidate.remainingOpenTime().isZero())) {
            return Decision.end(Repetition.NO_UPSTREAM_LEFT);
        }
        if (!rules.budget().tryWithdraw()) {
            return Decision.end(Repetition.RETRY_BUDGET_USED_UP);
        }
        Duration requested = failure.clientError().retryAfter()
                .filter(time -> time.compareTo(rules.settings().maxWait()) <= 0)
                .orElse(Duration.ZERO);
        Duration wait = Duration.ofMillis(rules.backoff().apply(attempts));
        return Decision.repeat(wait.compareTo(requested) > 0 ? wait : requested);
    }

    /** The failure of an edit that got no attempt: no upstream is available. Names the one that is available first. */
    private AttemptFailedException noneAvailable() {
        RoutedUpstream first = all.stream().min(Comparator.comparing(RoutedUpstream::remainingOpenTime)).orElseThrow();
        long seconds = Math.max(1, first.remainingOpenTime().plusMillis(999).toSeconds());
        return new AttemptFailedException(new ApiException(first.unavailableReason()).withArgument("seconds", seconds)
                .retryAfter(Duration.ofSeconds(seconds)), RetryScope.NONE, AttemptOutcome.UNREACHABLE);
    }
}
