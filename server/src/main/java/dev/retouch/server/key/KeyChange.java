package dev.retouch.server.key;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

import dev.retouch.server.admission.AdmissionLimits;

/**
 * Properties of a key to change. A null property stays.
 *
 * @param label purpose of the key
 * @param disabled whether the key is temporarily invalid
 * @param expires new expiry
 * @param limits limits; they replace all limits of the key
 */
public record KeyChange(@Nullable String label, @Nullable Boolean disabled, @Nullable Expiry expires,
        @Nullable AdmissionLimits limits) {

    /** No changes. */
    public static final KeyChange NONE = new KeyChange(null, null, null, null);

    /**
     * Expiry of a key; distinguishes never from unchanged.
     *
     * @param at time from which the key is invalid; null for never
     */
    public record Expiry(@Nullable Instant at) {

        /** The key does not expire. */
        public static final Expiry NEVER = new Expiry(null);
    }

    /** Returns the changed key. */
    ApiKey of(ApiKey key) {
        return new ApiKey(key.id(), key.rootKeyId(), key.group(), label == null ? key.label() : label, key.prefix(),
                limits == null ? key.limits() : limits, key.created(), expires == null ? key.expires() : expires.at(),
                disabled == null ? key.disabled() : disabled, key.revoked(), key.lastUsed());
    }
}
