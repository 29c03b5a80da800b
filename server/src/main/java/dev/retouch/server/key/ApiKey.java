package dev.retouch.server.key;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

import dev.retouch.server.admission.AdmissionLimits;

/**
 * An API key without its secret. The database keeps a hash of the secret, and its first characters to recognize it.
 *
 * @param id key id, {@code key_…}
 * @param rootKeyId root key id: budget, usage and limits are counted under it, so that a rotation does not change
 *    them; equal to the id unless the key was rotated
 * @param group name of the group
 * @param label purpose of the key
 * @param prefix first characters of the secret
 * @param limits limits within those of the group
 * @param created time of creation
 * @param expires time from which the key is invalid; null for never
 * @param disabled whether the key is temporarily invalid
 * @param revoked time of the permanent revocation; null if there was none
 * @param lastUsed time of the last use, in minutes; null if the key was never used
 */
public record ApiKey(String id, String rootKeyId, String group, String label, String prefix, AdmissionLimits limits,
        Instant created,
        @Nullable Instant expires, boolean disabled, @Nullable Instant revoked, @Nullable Instant lastUsed) {

    /** Returns a new key. */
    static ApiKey made(String id, String prefix, NewKey wanted, Instant created) {
        return new ApiKey(id, id, wanted.group(), wanted.label(), prefix, wanted.limits(), created, wanted.expires(),
                false,
                null, null);
    }

    /** Returns a key that replaces another. */
    static ApiKey madeFor(ApiKey old, String id, String prefix, Instant created) {
        return new ApiKey(id, old.rootKeyId, old.group, old.label, prefix, old.limits, created, old.expires, false,
                null,
                null);
    }

    /** Returns a copy with another expiry. */
    ApiKey expiringAt(Instant time) {
        return new ApiKey(id, rootKeyId, group, label, prefix, limits, created, time, disabled, revoked, lastUsed);
    }

    /** Returns a revoked copy. */
    ApiKey revokedAt(Instant time) {
        return new ApiKey(id, rootKeyId, group, label, prefix, limits, created, expires, disabled, time, lastUsed);
    }

    /** Whether the key has expired. */
    boolean hasExpiredAt(Instant time) {
        return expires != null && !time.isBefore(expires);
    }
}
