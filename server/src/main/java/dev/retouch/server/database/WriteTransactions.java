package dev.retouch.server.database;

import java.util.List;

/** Commits groups of work, on the thread of {@link GroupCommitWriter} only. */
interface WriteTransactions extends AutoCloseable {

    /**
     * Runs all work and commits it. Work that fails leaves nothing in the database and does not affect the others. Calls
     * {@link WriteJob#complete} for all work that was committed or rejected.
     *
     * @throws RuntimeException if the database failed; work that is not complete then was not confirmed
     */
    void commit(List<WriteJob<?>> group);

    @Override
    void close();
}
