package dev.retouch.server.billing;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * An edit as stored in the ledger.
 *
 * @param id the edit id
 * @param keyId the id of the key that authenticated the request
 * @param group the name of the key's group
 * @param model the model id
 * @param currency the currency of the price list
 * @param priceVersion the version of the price list
 * @param free whether the edit costs nothing regardless of the price list
 * @param state its state
 * @param held the amount that was held
 * @param cost the final cost; zero until it is known
 * @param refunded the amount of the cost that administrators gave back
 * @param imagesAsked the number of images requested
 * @param delivered the images and tokens delivered
 * @param created the time of the hold
 * @param decided the time at which it ended or became undecided; null before
 * @param note why it ended as it did, if the upstream's response does not explain it; otherwise null
 * @param upstreamId the upstream's id of the last attempt that has one; null if none has
 * @param report how it ran, as {@code EditReport} of the contract in JSON; null if nothing is known
 */
public record LedgerEdit(String id, String keyId, String group, String model, String currency, String priceVersion,
        boolean free, HoldState state, Money held, Money cost, Money refunded, long imagesAsked,
        DeliveredUsage delivered,
        Instant created,
        @Nullable Instant decided, @Nullable String note, @Nullable String upstreamId,
        @Nullable String report) {}
