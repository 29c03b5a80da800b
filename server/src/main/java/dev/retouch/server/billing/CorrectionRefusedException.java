package dev.retouch.server.billing;

/** Thrown if an edit cannot be settled, released or refunded by hand. Nothing is booked then. */
public final class CorrectionRefusedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final Reason reason;

    CorrectionRefusedException(Reason reason, String message) {
        super(message, null, false, false);
        this.reason = reason;
    }

    /** Why it is refused. */
    public enum Reason {
        /** The ledger has no such edit. */
        UNKNOWN,
        /** The state of the edit or of its group does not allow it. */
        STATE,
        /** The amount is not allowed. */
        AMOUNT
    }

    public Reason reason() {
        return reason;
    }
}
