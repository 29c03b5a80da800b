package dev.retouch.server.billing;

/** What became of the request of one hold. Only {@link Held} has written something. */
sealed interface HoldOutcome extends LedgerWrite.Outcome {

    /** The hold is written. */
    record Held() implements HoldOutcome {}

    /**
     * A budget does not cover the maximum cost.
     *
     * @param owner the owner of the budget
     * @param available what the budget had left
     */
    record Insufficient(String owner, Money available) implements HoldOutcome {}

    /**
     * An amount would be larger than an amount can be.
     *
     * @param owner the owner of the budget
     */
    record Overflow(String owner) implements HoldOutcome {}

    /** The claim has passed to another edit. */
    record ClaimLost() implements HoldOutcome {}

    /** The ledger has an edit of this id. */
    record Duplicate() implements HoldOutcome {}
}
