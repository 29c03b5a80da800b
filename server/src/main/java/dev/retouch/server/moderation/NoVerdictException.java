package dev.retouch.server.moderation;

/** The moderation service did not answer, or not with a verdict. Its message has neither content nor key. */
final class NoVerdictException extends Exception {

    NoVerdictException(String reason) {
        super(reason, null, false, false);
    }

    String reason() {
        return String.valueOf(getMessage());
    }
}
