package dev.retouch.server.edit;

import java.util.Map;

import dev.retouch.server.price.PriceRange;

/**
 * What an edit would cost, and how it would run.
 *
 * @param plan how it would run
 * @param currency of the prices
 * @param priceVersion the name of the price list
 * @param range what it can cost
 * @param covered whether the budgets cover the most of it now
 */
public record EditQuote(EditPlan plan, String currency, String priceVersion, PriceRange range, boolean covered) {

    /** The parameters that the upstream would be given. */
    public Map<String, String> parameters() {
        return plan.forwarded();
    }
}
