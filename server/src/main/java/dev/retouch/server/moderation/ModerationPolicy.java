package dev.retouch.server.moderation;

import java.math.BigDecimal;
import java.util.Map;

/**
 * The moderation of a group's edits.
 *
 * @param mode whether edits are checked, and the effect of a flag
 * @param onFailure the effect of a moderation service that sends no result
 * @param thresholds scores from 0 to 1 by category: a score at or above its threshold flags the category, a lower one does not;
 *        without a threshold the flag of the service counts
 */
public record ModerationPolicy(Mode mode, OnFailure onFailure, Map<String, BigDecimal> thresholds) {

    /** No moderation. */
    public static final ModerationPolicy OFF = new ModerationPolicy(Mode.OFF, OnFailure.CLOSED, Map.of());

    private static final int MAX_DECIMALS = 9;

    /** Validates the thresholds. */
    public ModerationPolicy {
        thresholds = Map.copyOf(thresholds);
        thresholds.forEach((category, threshold) -> {
            if (threshold.scale() > MAX_DECIMALS) {
                throw new IllegalArgumentException(
                        "the threshold of '" + category + "' must have at most " + MAX_DECIMALS + " decimals");
            }
            if (threshold.signum() < 0 || threshold.compareTo(BigDecimal.ONE) > 0) {
                throw new IllegalArgumentException("the threshold of '" + category + "' must be 0 to 1");
            }
        });
    }

    /** The effect of a verdict. */
    public enum Mode {
        /** No check. */
        OFF,
        /** Flagged edits are logged and pass. */
        OBSERVE,
        /** Flagged edits are refused. */
        BLOCK
    }

    /** The effect of a failed check. */
    public enum OnFailure {
        /** The edit passes. */
        OPEN,
        /** The edit is refused. */
        CLOSED
    }
}
