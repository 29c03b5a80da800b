package dev.retouch.server.billing;

/**
 * What the ledger adds up to for one owner.
 *
 * @param owner a key or a group, as {@link Owner} has it
 * @param limited whether its edits are refused where available is not enough
 * @param available what it has for further edits; below zero where it is not limited, or an edit cost more than was held
 * @param held what edits on their way may still cost
 * @param spent what its edits have cost
 */
public record Budget(String owner, boolean limited, Money available, Money held, Money spent) {

    /** Of an owner that nobody has given a budget. */
    static Budget unlimited(String owner) {
        return new Budget(owner, false, Money.ZERO, Money.ZERO, Money.ZERO);
    }

    /** Whether this much may be held. */
    boolean allows(Money worst) {
        return !limited || available.compareTo(worst) >= 0;
    }

    /** As it is once money has moved; refuses what no longer fits into the numbers. */
    Budget after(Move move) {
        return new Budget(owner, limited, available.plus(move.available()), held.plus(move.held()),
                spent.plus(move.spent()));
    }
}
