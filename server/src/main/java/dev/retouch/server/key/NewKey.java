package dev.retouch.server.key;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

import dev.retouch.server.policy.RoomLimits;

/**
 * A key to be made.
 *
 * @param group the name of its group
 * @param label what it is for; may be empty
 * @param expires when it stops working, if ever
 * @param room what it may do at a time, within its group's room
 */
public record NewKey(String group, String label, @Nullable Instant expires, RoomLimits room) {}
