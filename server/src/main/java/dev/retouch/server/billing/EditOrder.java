package dev.retouch.server.billing;

/**
 * An edit that is about to be sent to an upstream.
 *
 * @param editId its id
 * @param keyId the key that asked for it
 * @param group the name of the key's group
 * @param model the model's id
 * @param currency what its price is in
 * @param priceVersion the price list by which it is charged
 * @param free whether it costs nothing, whatever the price list says
 * @param imagesAsked how many images were asked for
 * @param worst the most it can cost
 */
public record EditOrder(String editId, String keyId, String group, String model, String currency, String priceVersion,
        boolean free, int imagesAsked, Money worst) {

    /** Refuses a price below zero. */
    public EditOrder {
        if (worst.isNegative()) {
            throw new IllegalArgumentException("the most that an edit can cost must not be below zero");
        }
    }

    /** What must be held for it. */
    Money hold() {
        return free ? Money.ZERO : worst;
    }
}
