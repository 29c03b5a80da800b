package dev.retouch.server.upstream;

/**
 * Keeps repetitions rare among all edits, so that they cannot add much to the load of an upstream that is in trouble. A few are
 * always there, for a gateway that has little to do.
 */
final class RetryBudget {

    private static final double RESERVE = 10;

    private final double share;
    private double tokens;

    /** So many of a hundred; zero allows none at all. */
    RetryBudget(int percent) {
        this.share = percent / 100.0;
        this.tokens = percent == 0 ? 0 : RESERVE;
    }

    /** An edit begins. */
    synchronized void earn() {
        tokens = Math.min(RESERVE, tokens + share);
    }

    /** Whether one more repetition is allowed; then it is counted. */
    synchronized boolean spend() {
        if (tokens < 1) {
            return false;
        }
        tokens--;
        return true;
    }
}
