package dev.retouch.server.key;

import java.math.BigDecimal;
import java.time.Instant;

import org.jspecify.annotations.Nullable;

import dev.retouch.server.admission.AdmissionLimits;

/**
 * A key to create.
 *
 * @param group name of the group
 * @param label purpose of the key; may be empty
 * @param expires time from which the key is invalid; null for never
 * @param limits limits within those of the group
 * @param budget the first amount of its budget, in currency units; null if only the budget of its group limits it
 */
public record NewKey(String group, String label, @Nullable Instant expires, AdmissionLimits limits,
        @Nullable BigDecimal budget) {

    /** A key that only the budget of its group limits. */
    public NewKey(String group, String label, @Nullable Instant expires, AdmissionLimits limits) {
        this(group, label, expires, limits, null);
    }
}
