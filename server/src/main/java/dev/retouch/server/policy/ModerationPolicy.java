package dev.retouch.server.policy;

import java.math.BigDecimal;
import java.util.Map;

/**
 * How a group's edits are moderated.
 *
 * @param mode whether anybody looks, and what follows
 * @param onFailure what follows when the moderation service does not answer
 * @param thresholds by category of the moderation service, from 0 to 1: at this score and above the category counts as
 *        flagged, whatever the service says; a category without one is flagged where the service says so
 */
public record ModerationPolicy(Mode mode, OnFailure onFailure, Map<String, BigDecimal> thresholds) {

    /** Nobody looks. */
    public static final ModerationPolicy OFF = new ModerationPolicy(Mode.OFF, OnFailure.CLOSED, Map.of());

    private static final int MOST_DECIMALS = 9;

    /** Refuses thresholds that no score can have. */
    public ModerationPolicy {
        thresholds = Map.copyOf(thresholds);
        thresholds.forEach((category, threshold) -> {
            if (threshold.scale() > MOST_DECIMALS) {
                throw new IllegalArgumentException(
                        "the threshold of '" + category + "' must have at most " + MOST_DECIMALS + " decimals");
            }
            if (threshold.signum() < 0 || threshold.compareTo(BigDecimal.ONE) > 0) {
                throw new IllegalArgumentException("the threshold of '" + category + "' must be 0 to 1");
            }
        });
    }

    /** What a verdict leads to. */
    public enum Mode {
        /** Nothing is looked at. */
        OFF,
        /** What is flagged is logged and passes. */
        OBSERVE,
        /** What is flagged is refused. */
        BLOCK
    }

    /** What leads from no verdict. */
    public enum OnFailure {
        /** The edit goes on without a verdict. */
        OPEN,
        /** The edit is refused until the service answers again. */
        CLOSED
    }
}
