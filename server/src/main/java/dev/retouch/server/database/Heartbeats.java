package dev.retouch.server.database;

import java.time.Clock;

/** Writes the heartbeats of one instance, and returns the time by which the heartbeats of all instances are judged. Thread-safe. */
interface Heartbeats extends AutoCloseable {

    /**
     * Writes a heartbeat, also if the other instances already consider this one dead.
     *
     * @throws DatabaseUnavailableException if it may not have been written
     */
    void beat(String instance);

    /** The clock that writes heartbeats. */
    Clock clock();

    /**
     * The time of this clock, in milliseconds since 1970, before which the last heartbeat of a dead instance is. Before all times if no
     * instance may be declared dead now.
     */
    long deadBefore();

    /**
     * Whether no other instance can have declared this one dead since a time.
     *
     * @param nanoTime the time, on the clock of {@link System#nanoTime()}
     */
    boolean isAliveSince(long nanoTime);

    @Override
    void close();
}
