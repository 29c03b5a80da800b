package dev.retouch.server.billing;

/** Thrown if an operation has the id of an earlier operation with other contents. Nothing is booked then. */
public final class RequestReusedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    RequestReusedException(LedgerRequest earlier) {
        super("this id was used before to " + earlier.operation() + " " + earlier.subject()
                + (earlier.amount() == null ? "" : " with the amount " + earlier.amount())
                + "; send the same request again, or a new id", null, false, false);
    }
}
