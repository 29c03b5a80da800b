package dev.retouch.server.database;

import java.util.List;
import java.util.function.Function;

import org.jdbi.v3.core.Handle;

import dev.retouch.server.database.Database.Work;

/** Executes writes. One implementation for each kind of database. Closing it finishes queued writes. */
interface Writer extends AutoCloseable {

    /** Queues work that runs in its own transaction, or in one with the work of others. */
    <T> DatabaseCall<T> add(Work<T> work);

    /** Queues work that executes exactly one statement, which is committed separately where that saves a round trip. */
    <T> DatabaseCall<T> addStatement(Work<T> work);

    /**
     * Creates a queue for items that one statement writes together.
     *
     * @param identity items with an equal identity are never in one statement
     * @param lanes how many statements may run at the same time; another one starts only when an item has waited for long
     */
    <I, O> GroupedWrites<I, O> grouped(GroupStatement<I, O> statement, Function<I, ?> identity, int lanes);

    /** The number of writes that have not begun. */
    int queued();

    @Override
    void close();

    /**
     * Writes many items.
     *
     * @param <I> the type of the items
     * @param <O> the type of the outcomes
     */
    @FunctionalInterface
    interface GroupStatement<I, O> {
        /**
         * Executes exactly one statement if there are several items. Returns the outcome of each item, in their order. An item that is
         * refused has an outcome, and no exception.
         */
        List<O> execute(Handle handle, List<I> items);
    }
}
