package dev.retouch.server.edit;

import java.util.Map;

import dev.retouch.server.price.PriceRange;

/**
 * The price range of an edit and its plan.
 *
 * @param plan the plan
 * @param currency the currency of the prices
 * @param priceVersion the version of the price list
 * @param range the price range
 * @param covered whether the budgets currently cover the maximum
 */
public record EditQuote(EditPlan plan, String currency, String priceVersion, PriceRange range, boolean covered) {

    /** The parameters that would be sent to the upstream. */
    public Map<String, String> parameters() {
        return plan.forwarded();
    }
}
