package dev.retouch.server.upstream;

import java.time.Duration;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

import dev.retouch.server.error.ApiException;

/** One try with one upstream failed. Checked, so that nobody forgets to decide what comes of it. */
final class FailedTryException extends Exception {

    private static final long serialVersionUID = 1L;

    private final transient ApiException told;
    private final Again again;
    private final Outcome outcome;
    private final transient @Nullable Duration delay;

    /**
     * A failure.
     *
     * @param told what the caller is told if this was the last try
     * @param again where it may be tried again
     * @param outcome what kind of failure it is
     */
    FailedTryException(ApiException told, Again again, Outcome outcome) {
        this(told, told.mayHaveRun() ? Again.NEVER : again, outcome, null);
    }

    private FailedTryException(ApiException told, Again again, Outcome outcome, @Nullable Duration delay) {
        super(told.message().name(), told, false, false);
        this.told = told;
        this.again = again;
        this.outcome = outcome;
        this.delay = delay;
    }

    /** The same failure with the next try after a while. */
    FailedTryException triedAgainAfter(Duration next) {
        return new FailedTryException(told, again, outcome, next);
    }

    ApiException told() {
        return told;
    }

    Again again() {
        return again;
    }

    Outcome outcome() {
        return outcome;
    }

    /** How long to wait before the next try, if there is to be one. */
    Optional<Duration> delay() {
        return Optional.ofNullable(delay);
    }
}
