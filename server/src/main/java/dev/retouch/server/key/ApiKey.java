package dev.retouch.server.key;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

import dev.retouch.server.policy.RoomLimits;

/**
 * A key, without the key: what is stored is a hash, and the first characters so that people can tell it from others.
 *
 * @param id its id, {@code key_…}
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
public record ApiKey(String id, String group, String label, String prefix, RoomLimits room, Instant created,
        @Nullable Instant expires, boolean disabled, @Nullable Instant revoked, @Nullable Instant lastUsed) {}
