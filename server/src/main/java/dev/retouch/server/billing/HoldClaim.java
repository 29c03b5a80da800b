package dev.retouch.server.billing;

/**
 * The claim of an idempotency key under which an edit was started. The hold of the edit is refused if the claim has passed to another
 * edit.
 *
 * @param account the root key id that the claim belongs to
 * @param idempotencyKey the idempotency key
 */
public record HoldClaim(String account, String idempotencyKey) {}
