package dev.retouch.server.intake;

/** The exchange was ended while something was waited for on its behalf. */
public final class CanceledException extends RuntimeException {

    private final Cancellation.Reason reason;

    CanceledException(Cancellation.Reason reason) {
        super(reason.name(), null, true, false);
        this.reason = reason;
    }

    /** Why. */
    public Cancellation.Reason reason() {
        return reason;
    }
}
