package dev.retouch.server.key;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

import dev.retouch.server.policy.RoomLimits;

/**
 * A key, without the key: what is stored is a hash, and the first characters so that people can tell it from others.
 *
 * @param id its id, {@code key_…}
 * @param account under which its money, usage and limits are counted: its own id, or for a key that was rotated that of the
 *        first in the line, so that a rotation neither adds to a budget nor takes it away
 * @param group the name of its group
 * @param label what it is for, in the words of whoever made it
 * @param prefix its first characters
 * @param room what it may do at a time, within its group's room
 * @param created when it was made
 * @param expires when it stops working, if ever
 * @param disabled whether it is switched off for now
 * @param revoked when it was revoked for good, if it was
 * @param lastUsed when it was last used, to the minute, if ever
 */
public record ApiKey(String id, String account, String group, String label, String prefix, RoomLimits room,
        Instant created,
        @Nullable Instant expires, boolean disabled, @Nullable Instant revoked, @Nullable Instant lastUsed) {

    /** A key that was just made. */
    static ApiKey made(String id, String prefix, NewKey wanted, Instant created) {
        return new ApiKey(id, id, wanted.group(), wanted.label(), prefix, wanted.room(), created, wanted.expires(),
                false,
                null, null);
    }

    /** A key that takes the place of another one. */
    static ApiKey madeFor(ApiKey old, String id, String prefix, Instant created) {
        return new ApiKey(id, old.account, old.group, old.label, prefix, old.room, created, old.expires, false, null,
                null);
    }

    /** The same key, expiring at another time. */
    ApiKey expiringAt(Instant time) {
        return new ApiKey(id, account, group, label, prefix, room, created, time, disabled, revoked, lastUsed);
    }

    /** The same key, revoked. */
    ApiKey revokedAt(Instant time) {
        return new ApiKey(id, account, group, label, prefix, room, created, expires, disabled, time, lastUsed);
    }

    /** Whether its time is over. */
    boolean hasExpiredAt(Instant time) {
        return expires != null && !time.isBefore(expires);
    }
}
