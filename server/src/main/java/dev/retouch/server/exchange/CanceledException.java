package dev.retouch.server.exchange;

/** Thrown by a wait on behalf of an exchange that was canceled. */
public final class CanceledException extends RuntimeException {

    private final Cancellation.Reason reason;

    /** Creates the failure of work that was canceled for this reason. */
    public CanceledException(Cancellation.Reason reason) {
        super(reason.name(), null, true, false);
        this.reason = reason;
    }

    /** Why the exchange was canceled. */
    public Cancellation.Reason reason() {
        return reason;
    }
}
