package dev.retouch.server.moderation;

/** An edit that must not be made without a verdict, and there was none. Trying again later may help. */
public final class ModerationUnavailableException extends RuntimeException {

    /** For this reason, which is for the log and not for callers. */
    public ModerationUnavailableException(String reason) {
        super("moderation did not answer: " + reason);
    }
}
