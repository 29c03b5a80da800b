package dev.retouch.server.intake;

/** A form that is not written as RFC 7578 has it; the message says where, for the caller. */
final class MalformedMultipartException extends Exception {

    private final String reason;

    MalformedMultipartException(String reason) {
        super(reason, null, false, false);
        this.reason = reason;
    }

    /** Where it goes wrong. */
    String reason() {
        return reason;
    }
}
