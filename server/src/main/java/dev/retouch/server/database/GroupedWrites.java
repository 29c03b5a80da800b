package dev.retouch.server.database;

import java.time.Duration;

/**
 * Writes items of many callers, together where the database gains from it. A write is durable when its outcome is returned.
 *
 * @param <I> the type of the items
 * @param <O> the type of the outcomes
 */
public interface GroupedWrites<I, O> {

    /**
     * Writes an item.
     *
     * @param patience how long to wait for the outcome
     * @throws DatabaseUnavailableException if the database did not confirm the write
     */
    O write(I item, Duration patience);
}
