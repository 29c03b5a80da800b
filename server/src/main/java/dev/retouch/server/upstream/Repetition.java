package dev.retouch.server.upstream;

import java.util.Locale;

/** Why another attempt follows a failed one, or why not. */
public enum Repetition {
    /** Another attempt follows: the edit certainly did not run. */
    REPEATED,
    /** The edit may have run, so that another attempt could be paid twice. */
    MAY_HAVE_RUN,
    /** The upstream refused the edit itself. */
    REFUSED,
    /** Another attempt would end in the same way. */
    NOT_WORTHWHILE,
    /** The configured number of attempts was reached. */
    ATTEMPTS_USED_UP,
    /** No other upstream was available. */
    NO_UPSTREAM_LEFT,
    /** Too many edits were retried recently. */
    RETRY_BUDGET_USED_UP;

    /** The name in the contract. */
    public String stored() {
        return name().toLowerCase(Locale.ROOT);
    }
}
