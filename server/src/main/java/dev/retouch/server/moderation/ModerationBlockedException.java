package dev.retouch.server.moderation;

/** Moderation refused an edit. The message is for the log and names categories and inputs, never content. */
public final class ModerationBlockedException extends RuntimeException {

    private final Verdict verdict;

    public ModerationBlockedException(Verdict verdict) {
        super("moderation flagged categories=" + verdict.categories() + " inputs=" + verdict.inputs());
        this.verdict = verdict;
    }

    public Verdict verdict() {
        return verdict;
    }
}
