package dev.retouch.server.billing;

/** A hold or an end of one edit. Writes of different edits can be written by one statement. */
sealed interface LedgerWrite permits HoldRequest, EditEnd {

    /** The id of the edit. */
    String editId();

    /** What became of a write. */
    sealed interface Outcome permits HoldOutcome, EditEnd.Outcome {}
}
