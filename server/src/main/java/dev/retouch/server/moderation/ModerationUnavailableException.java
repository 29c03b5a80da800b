package dev.retouch.server.moderation;

/** An edit was refused because the moderation service sent no result. */
public final class ModerationUnavailableException extends RuntimeException {

    /** The reason is for the log and never reaches a client. */
    public ModerationUnavailableException(String reason) {
        super("moderation did not answer: " + reason);
    }
}
