package dev.retouch.contract.conformance.cases;

import java.math.BigDecimal;

/**
 * An approximate cost at list prices.
 *
 * @param known whether the list has the model; if not, the most expensive model is used
 */
public record Cost(BigDecimal amount, boolean known) {

    public static final Cost NOTHING = new Cost(BigDecimal.ZERO, true);

    /** Both together. */
    public Cost plus(Cost other) {
        return new Cost(amount.add(other.amount), known && other.known);
    }
}
