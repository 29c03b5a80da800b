package dev.retouch.server.moderation;

import java.util.Set;

/** Receives the verdicts of moderation, for metrics. Called by many threads. */
public interface ModerationObserver {

    /** Ignores all verdicts. */
    ModerationObserver NONE = (verdict, categories, by) -> {};

    /** What became of an edit. */
    enum Outcome {
        /** Nothing was found. */
        PASSED,
        /** Something was found, and the edit continued. */
        FLAGGED,
        /** Something was found, and the edit was refused. */
        BLOCKED,
        /** An input could not be moderated, and nothing was found in the others. */
        FAILED
    }

    /**
     * An edit was moderated. Called once for the rules and once for the service if both found something.
     *
     * @param categories what was found; empty if nothing was found
     * @param by {@code rules} or {@code service}; {@code none} if nothing was found
     */
    void moderated(Outcome outcome, Set<String> categories, String by);
}
