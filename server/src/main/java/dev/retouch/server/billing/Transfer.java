package dev.retouch.server.billing;

import java.util.List;

/**
 * A balanced movement of money between the accounts of one owner: the four amounts add up to zero.
 *
 * @param funding the change of the account from which budgets are funded; its balance is minus the sum of all funding
 * @param available the change of the amount left for further edits
 * @param held the change of the amount held for edits that have not ended
 * @param spent the change of the amount charged for edits
 */
record Transfer(Money funding, Money available, Money held, Money spent) {

    static final Transfer NONE = new Transfer(Money.ZERO, Money.ZERO, Money.ZERO, Money.ZERO);

    Transfer {
        if (!funding.plus(available).plus(held).plus(spent).isZero()) {
            throw new IllegalArgumentException("the amounts of a transfer must add up to zero");
        }
    }

    /**
     * One line of the ledger.
     *
     * @param account the account name in the ledger
     * @param amount the change of the account
     */
    record Line(String account, Money amount) {}

    /** Holds the maximum cost of an edit. */
    static Transfer hold(Money maxCost) {
        return new Transfer(Money.ZERO, maxCost.negated(), maxCost, Money.ZERO);
    }

    /** Charges the cost of an edit and frees its hold. A cost above the hold is taken from the available amount. */
    static Transfer settle(Money held, Money cost) {
        return new Transfer(Money.ZERO, held.minus(cost), held.negated(), cost);
    }

    /** Releases the hold of an edit. */
    static Transfer release(Money held) {
        return new Transfer(Money.ZERO, held, held.negated(), Money.ZERO);
    }

    /** Funds a budget; withdraws if the amount is negative. */
    static Transfer fund(Money amount) {
        return new Transfer(amount.negated(), amount, Money.ZERO, Money.ZERO);
    }

    /** Gives an amount of a charge back. */
    static Transfer refund(Money amount) {
        return new Transfer(Money.ZERO, amount, Money.ZERO, amount.negated());
    }

    /** Brings a budget without holds to zero. */
    static Transfer close(Money available, Money spent) {
        return new Transfer(available.plus(spent), available.negated(), Money.ZERO, spent.negated());
    }

    /** The sum of two movements of the same owner. */
    Transfer plus(Transfer other) {
        return new Transfer(funding.plus(other.funding), available.plus(other.available), held.plus(other.held),
                spent.plus(other.spent));
    }

    boolean isNothing() {
        return equals(NONE);
    }

    /** The ledger lines; an account without a change has none. */
    List<Line> lines() {
        return List.of(new Line("funding", funding), new Line("available", available), new Line("held", held),
                new Line("spent", spent)).stream().filter(line -> !line.amount().isZero()).toList();
    }
}
