package dev.retouch.server.upstream;

import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.retouch.server.contract.model.ErrorMessage;
import dev.retouch.server.error.UpstreamRefusalException;

/**
 * An upstream with its place in the order, behind its circuit breaker. A {@code retry-after} that is too long to wait for makes it
 * unavailable for that time too.
 */
public final class RoutedUpstream {

    private static final Logger LOG = LoggerFactory.getLogger(RoutedUpstream.class);
    /** The longest time without an attempt because of a {@code retry-after}. */
    private static final Duration MAX_REST = Duration.ofHours(1);

    private final String name;
    private final int priority;
    private final int weight;
    private final boolean breakerEnabled;
    private final UpstreamTransport upstream;
    private final Predicate<ModelName> serves;
    private final CircuitBreaker breaker;
    private final Duration openDuration;
    private final Clock clock;
    private final AtomicReference<Rest> rest = new AtomicReference<>(Rest.NONE);
    private final AtomicInteger inFlight = new AtomicInteger();
    private final MaskConverter masks = new MaskConverter();
    private volatile Instant openedAt = Instant.EPOCH;
    private volatile UpstreamState.@Nullable Failure lastFailure;

    /** A time without attempts that the upstream asked for by {@code retry-after}, and the error that it sent with it. */
    private record Rest(Instant end, ErrorMessage reason) {

        private static final Rest NONE = new Rest(Instant.EPOCH, ErrorMessage.UPSTREAMS_ARE_RESTING);
    }

    /**
     * The place of an upstream in the order.
     *
     * @param name its name
     * @param priority the lowest is tried first; at least 1
     * @param weight its share among upstreams of the same priority
     * @param breakerEnabled whether it has a circuit breaker and gets retries
     */
    public record Place(String name, int priority, int weight, boolean breakerEnabled) {}

    /**
     * An upstream behind a circuit breaker of this registry.
     *
     * @param serves whether the upstream serves a model
     */
    public RoutedUpstream(Place place, UpstreamTransport upstream, Predicate<ModelName> serves,
            CircuitBreakerSettings rules, CircuitBreakerRegistry breakers) {
        this.serves = serves;
        this.name = place.name();
        this.priority = place.priority();
        this.weight = place.weight();
        this.breakerEnabled = place.breakerEnabled();
        this.upstream = upstream;
        this.breaker = breakers.circuitBreaker(name, rules.config());
        this.openDuration = rules.openDuration();
        this.clock = rules.clock();
        if (!breakerEnabled) {
            breaker.transitionToDisabledState();
        }
        breaker.getEventPublisher().onStateTransition(event -> {
            if (event.getStateTransition().getToState() == CircuitBreaker.State.OPEN) {
                openedAt = clock.instant();
            }
            LOG.warn("circuit breaker changed upstream={} state={}", name, event.getStateTransition().getToState());
        });
    }

    String name() {
        return name;
    }

    /** Whether it serves a model. */
    public boolean serves(ModelName model) {
        return serves.test(model);
    }

    /** An edit as the upstream can take it. */
    FittedEdit fit(UpstreamRequest edit) {
        return FittedEdit.of(edit, traits(edit.model()));
    }

    /** What the upstream takes and returns for a model. */
    KindTraits traits(ModelName model) {
        return upstream.traits(model);
    }

    /** Whether the upstream fetches input images by URL. */
    boolean takesUrls(ModelName model) {
        return traits(model).takesUrls();
    }

    int priority() {
        return priority;
    }

    int weight() {
        return weight;
    }

    /** Whether it is the embedded mock upstream, whose edits are free. */
    public boolean isSandbox() {
        return !breakerEnabled;
    }

    /** Whether an edit may be retried at this upstream. */
    boolean isRetryable() {
        return breakerEnabled;
    }

    /** Time until this upstream gets attempts again; zero if it gets them now. */
    Duration remainingOpenTime() {
        Duration resting = until(rest.get().end());
        Duration open = breaker.getState() == CircuitBreaker.State.OPEN
                ? until(openedAt.plus(openDuration))
                : Duration.ZERO;
        return resting.compareTo(open) > 0 ? resting : open;
    }

    /** The error for an edit that no upstream can take, if this upstream is the first to become available. */
    ErrorMessage unavailableReason() {
        Rest current = rest.get();
        return remainingOpenTime().compareTo(until(current.end())) > 0
                ? ErrorMessage.UPSTREAMS_ARE_RESTING
                : current.reason();
    }

    /**
     * Makes no attempt for this time, at most an hour. Has no effect on an upstream without a circuit breaker.
     *
     * @param time the {@code retry-after} of the upstream
     * @param reason the error that the upstream sent with it
     */
    void rest(Duration time, ErrorMessage reason) {
        if (!breakerEnabled) {
            return;
        }
        Rest longer = new Rest(clock.instant().plus(time.compareTo(MAX_REST) > 0 ? MAX_REST : time), reason);
        Rest before = rest.getAndAccumulate(longer,
                (current, next) -> next.end().isAfter(current.end()) ? next : current);
        if (until(before.end()).isZero()) {
            LOG.warn("upstream paused upstream={} reason={} until={}", name, reason, longer.end());
        }
    }

    private Duration until(Instant end) {
        Duration left = Duration.between(clock.instant(), end);
        return left.isNegative() ? Duration.ZERO : left;
    }

    /** The state that {@code GET /readyz} shows: {@code ok}, {@code open} or {@code half-open}. */
    String state() {
        if (!until(rest.get().end()).isZero()) {
            return "open";
        }
        return switch (breaker.getState()) {
            case OPEN, FORCED_OPEN -> remainingOpenTime().isZero() ? "half-open" : "open";
            case HALF_OPEN -> "half-open";
            default -> "ok";
        };
    }

    /** The state at this moment. */
    UpstreamState snapshot() {
        return new UpstreamState(name, priority, weight, state(), remainingOpenTime(), inFlight.get(),
                Optional.ofNullable(lastFailure));
    }

    /** Asks for one attempt. If it is granted, the caller must call {@link #send}. */
    boolean tryAcquire() {
        return until(rest.get().end()).isZero() && breaker.tryAcquirePermission();
    }

    /**
     * Checks the upstream for free, whatever the state of its circuit breaker, which does not change.
     *
     * @throws AttemptFailedException if there was no response
     */
    public UpstreamCheck check() throws AttemptFailedException {
        return upstream.check();
    }

    /**
     * Sends an edit that tests the upstream, whatever the state of its circuit breaker, which does not change.
     *
     * @throws AttemptFailedException if the attempt failed
     */
    public UpstreamResponse test(UpstreamRequest edit) throws AttemptFailedException {
        return upstream.send(fit(edit).edit());
    }

    /** Makes the attempt that {@link #tryAcquire} granted, and reports its begin and end. */
    UpstreamResponse send(UpstreamRequest edit, UpstreamObserver observer) throws AttemptFailedException {
        long start = System.nanoTime();
        observer.began(name);
        inFlight.incrementAndGet();
        try {
            FittedEdit fitted = fit(edit);
            // once for all images of the edit
            UpstreamRequest sent = masks.convert(fitted.edit(), traits(edit.model()).mask());
            UpstreamResponse answer = upstream.send(sent)
                    .withNotes(new UpstreamResponse.Notes(fitted.warnings(), fitted.dropped()));
            observer.responded(name, OptionalInt.empty(), answer.requestId());
            return answer.withBody(new ObservedBody(answer.body(), outcome -> bodyEnded(outcome, start, observer)));
        } catch (AttemptFailedException e) {
            LOG.info("attempt failed upstream={} outcome={} request={}", name, e.outcome(), edit.requestId());
            observer.responded(name, e.status(), e.requestId());
            ended(e.outcome(), start, e, observer);
            throw e;
        } catch (UpstreamRefusalException e) {
            observer.responded(name, e.upstreamStatus(),
                    Optional.ofNullable(e.headers().get(UpstreamErrors.REQUEST_ID)));
            observer.decided(name, Repetition.REFUSED);
            ended(AttemptOutcome.REFUSED, start, null, observer);
            throw e;
        } catch (RuntimeException e) {
            ended(AttemptOutcome.CANCELED, start, null, observer);
            throw e;
        }
    }

    private void bodyEnded(AttemptOutcome outcome, long start, UpstreamObserver observer) {
        if (outcome == AttemptOutcome.BROKEN_OFF) {
            observer.decided(name, Repetition.MAY_HAVE_RUN);
        }
        ended(outcome, start, null, observer);
    }

    private void ended(AttemptOutcome outcome, long start, @Nullable Exception cause, UpstreamObserver observer) {
        long nanos = System.nanoTime() - start;
        observer.ended(name, outcome, Duration.ofNanos(nanos));
        inFlight.decrementAndGet();
        if (outcome.isFault()) {
            lastFailure = new UpstreamState.Failure(outcome, clock.instant());
        }
        if (outcome.countsAsFailure()) {
            breaker.onError(nanos, TimeUnit.NANOSECONDS,
                    cause == null ? new IOException("the response broke off") : cause);
        } else if (outcome.countsAsSuccess()) {
            breaker.onSuccess(nanos, TimeUnit.NANOSECONDS);
        } else {
            breaker.releasePermission();
        }
    }
}
