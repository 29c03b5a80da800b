package dev.retouch.server.upstream;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

import io.github.resilience4j.core.IntervalFunction;
import org.jspecify.annotations.Nullable;

import dev.retouch.server.contract.model.ErrorMessage;
import dev.retouch.server.error.ApiException;

/**
 * The way of one edit from upstream to upstream. Each failure says where the edit may be sent again: first to those that have not
 * had it, at once; then to one that had it, after a while and as long as the budget lasts.
 */
final class Journey {

    private final OutgoingEdit edit;
    private final List<Candidate> all;
    private final Deque<Candidate> untried;
    private final List<Candidate> repeatable = new ArrayList<>();
    private final RetryRules rules;
    private final RetryBudget budget;
    private final IntervalFunction waits;
    private final UpstreamObserver observer;
    private int tries;
    private @Nullable FailedTryException told;

    Journey(OutgoingEdit edit, List<Candidate> order, RetryRules rules, RetryBudget budget, IntervalFunction waits,
            UpstreamObserver observer) {
        this.edit = edit;
        this.all = order;
        this.untried = new ArrayDeque<>(order);
        this.rules = rules;
        this.budget = budget;
        this.waits = waits;
        this.observer = observer;
    }

    /** The next try. Where it fails, the failure says whether and when there is one more. */
    UpstreamAnswer next() throws FailedTryException {
        for (Candidate candidate = untried.poll(); candidate != null; candidate = untried.poll()) {
            if (candidate.admits()) {
                if (tries > 0) {
                    observer.failedOver(candidate.name());
                }
                return attempt(candidate);
            }
        }
        for (Candidate candidate : repeatable) {
            if (candidate.admits()) {
                observer.retried(candidate.name());
                return attempt(candidate);
            }
        }
        throw told == null ? resting() : told;
    }

    /** What the caller is told when nothing helped. What may be better later goes before what is our own trouble. */
    ApiException told(FailedTryException last) {
        return told == null ? last.told() : told.told();
    }

    private UpstreamAnswer attempt(Candidate candidate) throws FailedTryException {
        tries++;
        try {
            return candidate.attempt(edit);
        } catch (FailedTryException e) {
            boolean ourTrouble = e.outcome() == Outcome.CREDENTIALS;
            if (told == null || !ourTrouble || told.outcome() == Outcome.CREDENTIALS) {
                told = e;
            }
            repeatable.remove(candidate);
            if (e.again() == Again.ANYWHERE && candidate.mayBeRepeated()) {
                repeatable.add(candidate);
            }
            Optional<Duration> delay = delay(e);
            throw delay.isPresent() ? e.triedAgainAfter(delay.get()) : e;
        }
    }

    private Optional<Duration> delay(FailedTryException failure) {
        if (failure.again() == Again.NEVER || tries >= rules.attempts()) {
            return Optional.empty();
        }
        if (untried.stream().anyMatch(candidate -> candidate.resting().isZero())) {
            return Optional.of(Duration.ZERO);
        }
        Duration asked = failure.told().retryAfter().orElse(Duration.ZERO);
        boolean possible = repeatable.stream().anyMatch(candidate -> candidate.resting().isZero())
                && asked.compareTo(rules.longestWait()) <= 0;
        if (!possible || !budget.spend()) {
            return Optional.empty();
        }
        Duration wait = Duration.ofMillis(waits.apply(tries));
        return Optional.of(wait.compareTo(asked) > 0 ? wait : asked);
    }

    /** Nobody was asked: each of them failed lately. */
    private FailedTryException resting() {
        Duration shortest = all.stream().map(Candidate::resting).min(Duration::compareTo).orElse(Duration.ZERO);
        long seconds = Math.max(1, shortest.plusMillis(999).toSeconds());
        return new FailedTryException(new ApiException(ErrorMessage.UPSTREAMS_ARE_RESTING).with("seconds", seconds)
                .retryAfter(Duration.ofSeconds(seconds)), Again.NEVER, Outcome.UNREACHABLE);
    }
}
