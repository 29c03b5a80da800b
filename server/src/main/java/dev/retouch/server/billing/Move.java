package dev.retouch.server.billing;

import java.util.List;

/**
 * How money moves between one owner's accounts. What leaves one comes to another: together it is nothing.
 *
 * @param funding into the account from which budgets are filled; below zero by all that was ever filled in
 * @param available into what the owner has for further edits
 * @param held into what edits on their way may cost
 * @param spent into what edits have cost
 */
record Move(Money funding, Money available, Money held, Money spent) {

    static final Move NONE = new Move(Money.ZERO, Money.ZERO, Money.ZERO, Money.ZERO);

    Move {
        if (!funding.plus(available).plus(held).plus(spent).isZero()) {
            throw new IllegalArgumentException("money must not come from nowhere");
        }
    }

    /**
     * One line of the ledger.
     *
     * @param account its name in the ledger
     * @param amount what came to it
     */
    record Line(String account, Money amount) {}

    /** An edit may cost this much. */
    static Move hold(Money worst) {
        return new Move(Money.ZERO, worst.negated(), worst, Money.ZERO);
    }

    /** It has cost this much; where that is more than was held, the owner's other money pays. */
    static Move settle(Money held, Money cost) {
        return new Move(Money.ZERO, held.minus(cost), held.negated(), cost);
    }

    /** It has cost nothing. */
    static Move release(Money held) {
        return new Move(Money.ZERO, held, held.negated(), Money.ZERO);
    }

    /** The owner gets this much; gives it back where it is below zero. */
    static Move fund(Money amount) {
        return new Move(amount.negated(), amount, Money.ZERO, Money.ZERO);
    }

    boolean isNothing() {
        return equals(NONE);
    }

    /** The lines that say so; an account that nothing comes to has none. */
    List<Line> lines() {
        return List.of(new Line("funding", funding), new Line("available", available), new Line("held", held),
                new Line("spent", spent)).stream().filter(line -> !line.amount().isZero()).toList();
    }
}
