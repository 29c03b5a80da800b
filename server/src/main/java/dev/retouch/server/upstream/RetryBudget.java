package dev.retouch.server.upstream;

/**
 * Limits retries to a share of all edits, so that retries cannot overload an upstream in trouble. A reserve of 10 retries serves
 * gateways with few edits.
 */
final class RetryBudget {

    private static final double RESERVE = 10;

    private final double share;
    private double tokens;

    /** A budget of {@code percent} retries per 100 edits; 0 allows no retry. */
    RetryBudget(int percent) {
        this.share = percent / 100.0;
        this.tokens = percent == 0 ? 0 : RESERVE;
    }

    /** Adds the share of one edit. */
    synchronized void deposit() {
        tokens = Math.min(RESERVE, tokens + share);
    }

    /** Takes one retry out of the budget; false if the budget has none left. */
    synchronized boolean tryWithdraw() {
        if (tokens < 1) {
            return false;
        }
        tokens--;
        return true;
    }
}
