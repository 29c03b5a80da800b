package dev.retouch.server.exchange;

import dev.retouch.server.database.Database.Work;

/** The charge of an edit that is computed and not yet written. Exactly one call has an effect, the first. Thread-safe. */
public interface PendingCharge {

    /**
     * Writes the charge and further work in one transaction. If the database is unavailable, both are written later, together.
     *
     * @param also work for the same transaction; must be idempotent
     * @return whether both are written; false if they wait for the database, or an earlier call had an effect
     */
    boolean write(Work<?> also);

    /**
     * Releases the hold instead, because the client cannot receive anything of the response.
     *
     * @param why for the ledger, in a few words
     */
    void release(String why);
}
