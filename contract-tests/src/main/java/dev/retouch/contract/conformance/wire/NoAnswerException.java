package dev.retouch.contract.conformance.wire;

/** Nothing came back, or not in time. The message is for people. */
public final class NoAnswerException extends Exception {

    private final boolean unreachable;

    NoAnswerException(String message, boolean unreachable) {
        super(message);
        this.unreachable = unreachable;
    }

    /** Whether the connection was not even accepted. */
    public boolean isUnreachable() {
        return unreachable;
    }
}
