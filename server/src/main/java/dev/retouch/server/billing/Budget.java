package dev.retouch.server.billing;

import java.math.BigInteger;

/**
 * The balance of one owner.
 *
 * @param owner the key or group, formatted by {@link BudgetOwner}
 * @param limited whether an edit is rejected if {@code available} does not cover its maximum cost
 * @param available the amount left for further edits; negative if the budget is not limited, or if an edit cost more
 * than its hold
 * @param held the sum of all holds of edits that have not ended
 * @param spent the sum of all charges
 */
public record Budget(String owner, boolean limited, Money available, Money held, Money spent) {

    /** The budget of an owner without a row: zero everywhere and not limited. */
    static Budget unlimited(String owner) {
        return new Budget(owner, false, Money.ZERO, Money.ZERO, Money.ZERO);
    }

    /** Whether a hold of this amount is allowed. */
    boolean allows(Money maxCost) {
        return !limited || available.compareTo(maxCost) >= 0;
    }

    /**
     * Returns the budget after a transfer.
     *
     * @throws ArithmeticException if an amount overflows, or a later release or charge could overflow
     */
    Budget after(Transfer transfer) {
        Budget after = new Budget(owner, limited, available.plus(transfer.available()), held.plus(transfer.held()),
                spent.plus(transfer.spent()));
        if (after.funded().bitLength() >= Long.SIZE) {
            throw new ArithmeticException("the funding of " + owner + " is too large");
        }
        return after;
    }

    /** The sum of all funding; only funding changes it. */
    private BigInteger funded() {
        return BigInteger.valueOf(available.nanos()).add(BigInteger.valueOf(held.nanos()))
                .add(BigInteger.valueOf(spent.nanos()));
    }
}
