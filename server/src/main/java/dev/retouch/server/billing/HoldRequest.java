package dev.retouch.server.billing;

import org.jspecify.annotations.Nullable;

import dev.retouch.server.exchange.DurableEdit.Claim;

/**
 * The request to hold the maximum cost of an edit before its dispatch.
 *
 * @param editId the edit id
 * @param keyId the id of the key that authenticated the request
 * @param group the name of the key's group
 * @param model the model id
 * @param currency the currency of the price list
 * @param priceVersion the version of the price list
 * @param free whether the edit costs nothing regardless of the price list
 * @param imagesAsked the number of images requested
 * @param maxCost the maximum cost
 * @param claim the claim that the edit must still have; null for an edit without one
 */
public record HoldRequest(String editId, String keyId, String group, String model, String currency, String priceVersion,
        boolean free, int imagesAsked, Money maxCost, @Nullable Claim claim)
        implements
            LedgerWrite {

    /** Rejects a negative maximum cost. */
    public HoldRequest {
        if (maxCost.isNegative()) {
            throw new IllegalArgumentException("the maximum cost must not be negative");
        }
    }

    /** A request without a claim. */
    public HoldRequest(String editId, String keyId, String group, String model, String currency, String priceVersion,
            boolean free, int imagesAsked, Money maxCost) {
        this(editId, keyId, group, model, currency, priceVersion, free, imagesAsked, maxCost, null);
    }

    /** The same request on the condition of a claim. */
    public HoldRequest under(Claim condition) {
        return new HoldRequest(editId, keyId, group, model, currency, priceVersion, free, imagesAsked, maxCost,
                condition);
    }

    /** The amount to hold: zero for a free edit. */
    Money hold() {
        return free ? Money.ZERO : maxCost;
    }
}
