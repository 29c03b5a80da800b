package dev.retouch.server.moderation;

/** The moderation service sent no usable result. The message has neither content nor key. */
final class ModerationClientException extends Exception {

    ModerationClientException(String reason) {
        super(reason, null, false, false);
    }

    String reason() {
        return String.valueOf(getMessage());
    }
}
