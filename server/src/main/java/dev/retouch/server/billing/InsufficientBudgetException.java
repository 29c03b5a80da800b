package dev.retouch.server.billing;

/** Thrown if an owner's available amount does not cover the maximum cost of an edit. Nothing was held. */
public final class InsufficientBudgetException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String owner;

    InsufficientBudgetException(String owner) {
        super("the budget of " + owner + " is insufficient");
        this.owner = owner;
    }

    /** The owner, formatted by {@link BudgetOwner}. */
    public String owner() {
        return owner;
    }
}
