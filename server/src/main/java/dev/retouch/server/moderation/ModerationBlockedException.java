package dev.retouch.server.moderation;

/** An edit that must not be made. Its message is for the log; it says what was found and where, never the content. */
public final class ModerationBlockedException extends RuntimeException {

    private final Verdict verdict;

    /** For this reason. */
    public ModerationBlockedException(Verdict verdict) {
        super("moderation flagged categories=" + verdict.categories() + " inputs=" + verdict.inputs());
        this.verdict = verdict;
    }

    /** What was found. */
    public Verdict verdict() {
        return verdict;
    }
}
