package dev.retouch.server.upstream;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;

import org.jspecify.annotations.Nullable;

import dev.retouch.server.error.ApiException;

/** A failed attempt at one upstream. Checked, so that every caller decides about a retry or failover. */
public final class AttemptFailedException extends Exception {

    private static final long serialVersionUID = 1L;

    private final transient ApiException clientError;
    private final RetryScope retryScope;
    private final AttemptOutcome outcome;
    private final transient @Nullable Duration delay;
    /** 0 if there was no response. */
    private final int status;

    /**
     * A failure that may be retried within a scope, unless the edit may have run.
     *
     * @param clientError the error of the response if this is the last attempt
     * @param retryScope the upstreams that may get a further attempt; ignored if the edit may have run
     * @param outcome the kind of failure
     */
    public AttemptFailedException(ApiException clientError, RetryScope retryScope, AttemptOutcome outcome) {
        this(clientError, clientError.mayHaveRun() ? RetryScope.NONE : retryScope, outcome, null, 0);
    }

    private AttemptFailedException(ApiException clientError, RetryScope retryScope, AttemptOutcome outcome,
            @Nullable Duration delay, int status) {
        super(clientError.message().name(), clientError, false, false);
        this.clientError = clientError;
        this.retryScope = retryScope;
        this.outcome = outcome;
        this.delay = delay;
        this.status = status;
    }

    /** This failure, followed by a further attempt after {@code next}. */
    AttemptFailedException withDelay(Duration next) {
        return new AttemptFailedException(clientError, retryScope, outcome, next, status);
    }

    /** This failure, which a response with an HTTP status says. */
    public AttemptFailedException withStatus(int ofResponse) {
        return new AttemptFailedException(clientError, retryScope, outcome, delay, ofResponse);
    }

    /** The error of the response if this is the last attempt. */
    public ApiException clientError() {
        return clientError;
    }

    RetryScope retryScope() {
        return retryScope;
    }

    /** The kind of failure. */
    public AttemptOutcome outcome() {
        return outcome;
    }

    /** The HTTP status of the response that says the failure; empty without one. */
    OptionalInt status() {
        return status == 0 ? OptionalInt.empty() : OptionalInt.of(status);
    }

    /** The upstream's id of the request; empty if it sent none. */
    Optional<String> requestId() {
        return Optional.ofNullable(clientError.headers().get(UpstreamErrors.REQUEST_ID));
    }

    /** Time until the next attempt; empty if this attempt was the last. */
    Optional<Duration> delay() {
        return Optional.ofNullable(delay);
    }
}
