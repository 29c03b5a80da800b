package dev.retouch.server.billing;

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
}
