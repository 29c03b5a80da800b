package dev.retouch.server.key;

import java.time.Instant;

/**
 * A key as the database has it.
 *
 * @param caller whose it is
 * @param hash what it is recognised by
 */
record StoredKey(Caller caller, String hash) {

    /** Whether it opens anything at this time. */
    boolean worksAt(Instant now) {
        ApiKey key = caller.key();
        return !key.disabled() && key.revoked() == null && !key.hasExpiredAt(now);
    }

    /** Who, and not by what. */
    @Override
    public String toString() {
        return "StoredKey[id=" + caller.key().id() + "]";
    }
}
