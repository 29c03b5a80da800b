package dev.retouch.server.upstream;

import java.util.Locale;

/** The end of an attempt, as metrics, the log and the circuit breaker see it. */
public enum AttemptOutcome {
    /** The upstream sent an edit. */
    ANSWERED(false),
    /** The upstream refused the edit itself: a 4xx about the request. */
    REFUSED(false),
    /** No connection was made, or no byte of the edit was sent. */
    UNREACHABLE(true),
    /** The upstream limits the rate: 429. */
    LIMITED(false),
    /** The upstream refused the gateway's key, or the account cannot pay. */
    CREDENTIALS(true),
    /** The upstream is overloaded: 503 or 529. */
    OVERLOADED(true),
    /** A timeout ended the attempt. */
    TIMED_OUT(true),
    /** The upstream failed, or its response is not an edit. */
    FAILED(true),
    /** The response began and broke off. */
    BROKEN_OFF(true),
    /** The gateway canceled the attempt. */
    CANCELED(false);

    private final boolean failure;

    AttemptOutcome(boolean failure) {
        this.failure = failure;
    }

    /** The name in metrics and in the contract. */
    public String stored() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Whether the upstream is the reason that the attempt delivered nothing. */
    boolean isFault() {
        return failure || this == LIMITED;
    }

    /** Whether the circuit breaker counts it as a failure. */
    boolean countsAsFailure() {
        return failure;
    }

    /** Whether the circuit breaker counts it as a success. */
    boolean countsAsSuccess() {
        return this == ANSWERED || this == REFUSED;
    }
}
