package dev.retouch.server.moderation;

import java.math.BigDecimal;

import org.jspecify.annotations.Nullable;

/**
 * The service's result for one input in one category.
 *
 * @param flagged whether the service flagged the input
 * @param score the score from 0 to 1; null if the service sent none
 */
record CategoryResult(boolean flagged, @Nullable BigDecimal score) {

    /** Whether the category is flagged: by the threshold if there is a score for it, otherwise by the flag of the service. */
    boolean counts(@Nullable BigDecimal threshold) {
        return (threshold == null || score == null) ? flagged : score.compareTo(threshold) >= 0;
    }

    /** Flagged if one of both is, with the higher score. */
    CategoryResult or(CategoryResult other) {
        BigDecimal theirs = other.score;
        BigDecimal worse = score == null || theirs == null ? (score == null ? theirs : score) : score.max(theirs);
        return new CategoryResult(flagged || other.flagged, worse);
    }
}
