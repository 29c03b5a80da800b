package dev.retouch.server.upstream;

import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.retouch.server.error.RelayedErrorException;

/** One upstream that can be chosen, behind the circuit breaker that knows how it did lately. */
public final class Candidate {

    private static final Logger LOG = LoggerFactory.getLogger(Candidate.class);

    private final String name;
    private final int priority;
    private final int weight;
    private final boolean shielded;
    private final Tries upstream;
    private final CircuitBreaker breaker;
    private final Duration rest;
    private final Clock clock;
    private final UpstreamObserver observer;
    private volatile Instant openedAt = Instant.EPOCH;

    /**
     * Where it stands among the others.
     *
     * @param name its name
     * @param priority when it is chosen; 1 is first
     * @param weight how often it is chosen among those of the same priority
     * @param shielded whether its failures have it left alone for a while, and are mended by asking it again
     */
    public record Place(String name, int priority, int weight, boolean shielded) {}

    /** An upstream behind a breaker of this registry. */
    public Candidate(Place place, HttpUpstream upstream, BreakerRules rules, CircuitBreakerRegistry breakers,
            UpstreamObserver observer) {
        this(place, (Tries) upstream, rules, breakers, observer);
    }

    Candidate(Place place, Tries upstream, BreakerRules rules, CircuitBreakerRegistry breakers,
            UpstreamObserver observer) {
        this.name = place.name();
        this.priority = place.priority();
        this.weight = place.weight();
        this.shielded = place.shielded();
        this.upstream = upstream;
        this.breaker = breakers.circuitBreaker(name, rules.config());
        this.rest = rules.rest();
        this.clock = rules.clock();
        this.observer = observer;
        if (!shielded) {
            breaker.transitionToDisabledState();
        }
        breaker.getEventPublisher().onStateTransition(event -> {
            if (event.getStateTransition().getToState() == CircuitBreaker.State.OPEN) {
                openedAt = clock.instant();
            }
            LOG.warn("upstream={} is {}", name, event.getStateTransition().getToState());
        });
    }

    String name() {
        return name;
    }

    int priority() {
        return priority;
    }

    int weight() {
        return weight;
    }

    /** Whether asking it a second time is worth it. */
    boolean mayBeRepeated() {
        return shielded;
    }

    /** How long it is still left alone; nothing where it can be asked. */
    Duration resting() {
        if (breaker.getState() != CircuitBreaker.State.OPEN) {
            return Duration.ZERO;
        }
        Duration left = Duration.between(clock.instant(), openedAt.plus(rest));
        return left.isNegative() ? Duration.ZERO : left;
    }

    /** How it stands, for people: {@code ok}, {@code open} or {@code half-open}. */
    String state() {
        return switch (breaker.getState()) {
            case OPEN, FORCED_OPEN -> resting().isZero() ? "half-open" : "open";
            case HALF_OPEN -> "half-open";
            default -> "ok";
        };
    }

    /** Whether it can be asked now. Whoever is told so must ask it. */
    boolean admits() {
        return breaker.tryAcquirePermission();
    }

    /** Asks it, once it has admitted. */
    UpstreamAnswer attempt(OutgoingEdit edit) throws FailedTryException {
        long start = System.nanoTime();
        observer.began(name);
        try {
            UpstreamAnswer answer = upstream.attempt(edit);
            return new UpstreamAnswer(answer.streamed(), answer.length(), answer.requestId(),
                    new WatchedBody(answer.body(), outcome -> ended(outcome, start, null)));
        } catch (FailedTryException e) {
            LOG.info("upstream={} outcome={} request={}", name, e.outcome(), edit.requestId());
            ended(e.outcome(), start, e);
            throw e;
        } catch (RelayedErrorException e) {
            ended(Outcome.REFUSED, start, null);
            throw e;
        } catch (RuntimeException e) {
            ended(Outcome.CANCELED, start, null);
            throw e;
        }
    }

    private void ended(Outcome outcome, long start, @Nullable Exception cause) {
        long nanos = System.nanoTime() - start;
        observer.ended(name, outcome, Duration.ofNanos(nanos));
        if (outcome.isIll()) {
            breaker.onError(nanos, TimeUnit.NANOSECONDS,
                    cause == null ? new IOException("the answer broke off") : cause);
        } else if (outcome.isWell()) {
            breaker.onSuccess(nanos, TimeUnit.NANOSECONDS);
        } else {
            breaker.releasePermission();
        }
    }
}
