package dev.retouch.server.billing;

/** Thrown if the condition of a hold is false. Nothing was held, and the edit must not be dispatched. */
public final class HoldConditionException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    HoldConditionException() {
        super("the condition of the hold is false");
    }
}
