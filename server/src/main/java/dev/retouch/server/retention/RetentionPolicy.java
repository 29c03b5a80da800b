package dev.retouch.server.retention;

/**
 * What is kept of the edits of a group, and for how long.
 *
 * @param mode what is kept
 * @param days for how many days from the start of an edit
 */
public record RetentionPolicy(RetainMode mode, int days) {

    /** The most days for which something is kept. */
    public static final int MAX_DAYS = 365;

    /** Keeps nothing. */
    public static final RetentionPolicy NONE = new RetentionPolicy(RetainMode.NONE, 30);

    /** Rejects days out of their range. */
    public RetentionPolicy {
        if (days < 1 || days > MAX_DAYS) {
            throw new IllegalArgumentException("retain_days must be 1 to " + MAX_DAYS);
        }
    }

    /** Whether it is kept how edits ran. */
    public boolean keepsRuns() {
        return mode != RetainMode.NONE;
    }

    /** Whether prompts and thumbnails are kept. */
    public boolean keepsContent() {
        return mode == RetainMode.CONTENT;
    }
}
