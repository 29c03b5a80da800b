package dev.retouch.server.intake;

/** A form that violates RFC 7578; the reason is written for the client. */
final class MalformedMultipartException extends Exception {

    private final String reason;

    MalformedMultipartException(String reason) {
        super(reason, null, false, false);
        this.reason = reason;
    }

    /** The reason, to follow a colon. */
    String reason() {
        return reason;
    }
}
