package dev.retouch.server.key;

import java.time.Instant;

/**
 * A key as read from the database.
 *
 * @param principal principal of the key
 * @param hash hash of the secret
 */
record StoredKey(ApiPrincipal principal, String hash) {

    /** Whether the key is valid at a time. */
    boolean worksAt(Instant now) {
        ApiKey key = principal.key();
        return !key.disabled() && key.revoked() == null && !key.hasExpiredAt(now);
    }

    /** Omits the hash. */
    @Override
    public String toString() {
        return "StoredKey[id=" + principal.key().id() + "]";
    }
}
