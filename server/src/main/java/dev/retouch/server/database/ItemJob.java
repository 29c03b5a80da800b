package dev.retouch.server.database;

import java.util.List;

import org.jdbi.v3.core.Handle;

/**
 * A job that writes one item. Several jobs of a group write their items with one call of their statement.
 *
 * @param <I> the type of the item
 * @param <O> the type of the outcome
 */
final class ItemJob<I, O> extends WriteJob<O> {

    private final Writer.GroupStatement<I, O> statement;
    private final Object identity;
    private final I item;

    /**
     * Creates a job.
     *
     * @param identity items with an equal identity are never written together
     */
    ItemJob(Writer.GroupStatement<I, O> statement, Object identity, I item) {
        super(handle -> statement.execute(handle, List.of(item)).getFirst());
        this.statement = statement;
        this.identity = identity;
        this.item = item;
    }

    Object identity() {
        return identity;
    }

    /** What jobs that can be written together have in common. */
    Writer.GroupStatement<I, O> statement() {
        return statement;
    }

    /** Writes the items of these jobs, which have the same statement. An exception says nothing about any of them. */
    static <I, O> void runTogether(Handle handle, List<ItemJob<I, O>> jobs) {
        List<O> outcomes = jobs.getFirst().statement.execute(handle, jobs.stream().map(job -> job.item).toList());
        for (int index = 0; index < outcomes.size(); index++) {
            jobs.get(index).succeed(outcomes.get(index));
        }
    }
}
