package dev.retouch.server.key;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

import dev.retouch.server.policy.RoomLimits;

/**
 * What to change of a key. What is null stays as it is.
 *
 * @param label what it is for
 * @param disabled whether it is switched off for now
 * @param expires when it stops working
 * @param room what it may do at a time; replaces all limits that it had
 */
public record KeyChange(@Nullable String label, @Nullable Boolean disabled, @Nullable Expiry expires,
        @Nullable RoomLimits room) {

    /** Changes nothing. */
    public static final KeyChange NONE = new KeyChange(null, null, null, null);

    /**
     * When a key stops working, so that "never" is not the same as "as before".
     *
     * @param at the moment; null for never
     */
    public record Expiry(@Nullable Instant at) {

        /** It goes on working. */
        public static final Expiry NEVER = new Expiry(null);
    }

    /** The key with the changes made. */
    ApiKey of(ApiKey key) {
        return new ApiKey(key.id(), key.account(), key.group(), label == null ? key.label() : label, key.prefix(),
                room == null ? key.room() : room, key.created(), expires == null ? key.expires() : expires.at(),
                disabled == null ? key.disabled() : disabled, key.revoked(), key.lastUsed());
    }
}
