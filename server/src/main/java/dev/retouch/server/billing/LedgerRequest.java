package dev.retouch.server.billing;

import org.jspecify.annotations.Nullable;

/**
 * An operation of an administrator with an id of its client, which is booked once however often it is requested.
 *
 * @param id the id; unique among all operations of administrators
 * @param operation {@code fund}, {@code settle}, {@code release} or {@code refund}
 * @param subject the owner of the budget, or the edit id
 * @param amount the given amount; null if the client left it out
 * @param note the reason; may be empty
 */
public record LedgerRequest(String id, String operation, String subject, @Nullable Money amount, String note) {}
