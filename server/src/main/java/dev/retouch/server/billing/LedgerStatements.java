package dev.retouch.server.billing;

import java.util.ArrayList;
import java.util.List;

import org.jdbi.v3.core.Handle;

/**
 * Writes holds and ends of edits, within a transaction of the caller. One implementation for each kind of database; their outcomes and
 * the rows that they leave are the same. The edits of one call have different ids.
 */
interface LedgerStatements {

    /** Holds in order: what one hold leaves of a budget is available to the next. Returns the outcome of each request. */
    List<HoldOutcome> hold(Handle handle, List<HoldRequest> requests);

    /** Ends edits in order. Returns the outcome of each end. */
    List<EditEnd.Outcome> end(Handle handle, List<EditEnd> ends);

    /** Ends edits, then holds others: what the ends free is available to the holds. Returns the outcomes of the ends, then those of the holds. */
    default List<LedgerWrite.Outcome> endAndHold(Handle handle, List<EditEnd> ends, List<HoldRequest> requests) {
        List<LedgerWrite.Outcome> outcomes = new ArrayList<>();
        if (!ends.isEmpty()) {
            outcomes.addAll(end(handle, ends));
        }
        if (!requests.isEmpty()) {
            outcomes.addAll(hold(handle, requests));
        }
        return outcomes;
    }
}
