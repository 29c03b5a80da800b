package dev.retouch.server.billing;

/** An owner has less left than an edit may cost. Nothing was held. */
public final class InsufficientBudgetException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String owner;

    InsufficientBudgetException(String owner) {
        super("the budget of " + owner + " is not enough");
        this.owner = owner;
    }

    /** Whose budget it is, as {@link Owner} has it. */
    public String owner() {
        return owner;
    }
}
