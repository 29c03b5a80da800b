package dev.retouch.server.moderation;

import java.math.BigDecimal;

import org.jspecify.annotations.Nullable;

/**
 * What the service thinks of one input in one category.
 *
 * @param flagged its own judgement
 * @param score how sure it is, where it says so
 */
record CategoryOpinion(boolean flagged, @Nullable BigDecimal score) {

    /** Whether it counts: by a threshold where there is one and a score to compare, otherwise as the service says. */
    boolean counts(@Nullable BigDecimal threshold) {
        return (threshold == null || score == null) ? flagged : score.compareTo(threshold) >= 0;
    }

    /** The worse of two. */
    CategoryOpinion or(CategoryOpinion other) {
        BigDecimal theirs = other.score;
        BigDecimal worse = score == null || theirs == null ? (score == null ? theirs : score) : score.max(theirs);
        return new CategoryOpinion(flagged || other.flagged, worse);
    }
}
