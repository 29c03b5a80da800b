package dev.retouch.server.database;

import java.time.Clock;
import java.time.Duration;
import java.util.UUID;
import java.util.function.LongSupplier;

import org.jdbi.v3.core.Handle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The row of this gateway process among the instances that share a database. It writes heartbeats, so that other instances can detect
 * that it died and take over its work. Instances of a shared database are judged by the clock of the database.
 *
 * <p>
 * That an instance is dead can be wrong: it may have been frozen. What it does after that must be conditional on what it still owns, in
 * the transaction that does it.
 */
public final class Instance implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Instance.class);
    private static final Duration MAX_INTERVAL = Duration.ofSeconds(2);
    private static final int BEATS = 5;
    private static final long MAX_SKEW_MILLIS = 1000;

    private final Database database;
    private final Heartbeats heartbeats;
    private final String id = "inst_" + UUID.randomUUID().toString().replace("-", "");

    private Instance(Database database, Heartbeats heartbeats) {
        this.database = database;
        this.heartbeats = heartbeats;
        heartbeat();
    }

    /**
     * Registers an instance. A shared database judges it by its own clock; otherwise the clock of this process does.
     *
     * @param deadAfter the time without a heartbeat after which an instance is dead
     */
    public static Instance register(Database database, Clock clock, Duration deadAfter) {
        if (!database.isShared()) {
            return timedBy(database, clock, deadAfter);
        }
        Instance instance = shared(database, System::nanoTime, deadAfter);
        long ahead = clock.millis() - instance.clock().millis();
        if (Math.abs(ahead) > MAX_SKEW_MILLIS) {
            LOG.warn("clock differs from the clock of the database ahead-ms={}", ahead);
        }
        return instance;
    }

    /** Registers an instance of a database that all instances use with this clock. */
    public static Instance timedBy(Database database, Clock clock, Duration deadAfter) {
        return new Instance(database, new LocalHeartbeats(database, clock, deadAfter));
    }

    /**
     * Registers an instance of a shared database.
     *
     * @param nanoTime the clock of {@link System#nanoTime()}
     */
    static Instance shared(Database database, LongSupplier nanoTime, Duration deadAfter) {
        return new Instance(database, new SharedHeartbeats(database.heartbeatConnections(), nanoTime, deadAfter));
    }

    /** The time between two heartbeats. */
    public static Duration interval(Duration deadAfter) {
        Duration part = deadAfter.dividedBy(BEATS);
        return part.compareTo(MAX_INTERVAL) < 0 ? part : MAX_INTERVAL;
    }

    /**
     * The time that must be shorter than the time after which an instance of a shared database is dead. The work of a frozen instance
     * can block the work of others until the server ends its session. After that they may wait for a connection that failed meanwhile.
     * Then two heartbeats must have had the time to be written.
     */
    public static Duration longestDelay() {
        return PostgresServer.IDLE_TIMEOUT.plus(PostgresServer.SOCKET_TIMEOUT).plus(MAX_INTERVAL.multipliedBy(2));
    }

    /** The id of this process, unique per start; the work of the instance is marked with it. */
    public String id() {
        return id;
    }

    /** Writes a heartbeat, also if the other instances already consider this one dead. */
    public void heartbeat() {
        heartbeats.beat(id);
    }

    /** The clock by which instances are judged, of which times in the database are. */
    public Clock clock() {
        return heartbeats.clock();
    }

    /**
     * The time in milliseconds since 1970 before which the last heartbeat of a dead instance is, on {@link #clock}. It is before all
     * times while this instance cannot know, because it was not connected to the database for long enough.
     */
    public long deadBefore() {
        return heartbeats.deadBefore();
    }

    /**
     * Whether no other instance can have declared this one dead since a time, and passed on what it owned then. False also if this
     * instance cannot know, because its last heartbeat is too old.
     *
     * @param nanoTime the time, on the clock of {@link System#nanoTime()}
     */
    public boolean isAliveSince(long nanoTime) {
        return heartbeats.isAliveSince(nanoTime);
    }

    /** Whether an instance is registered and not known to be dead, read with the caller's handle. Always true for this instance. */
    public boolean isAlive(Handle handle, String other) {
        return other.equals(id) || handle
                .createQuery("SELECT count(*) FROM instances WHERE id = :id AND seen_at >= :alive").bind("id", other)
                .bind("alive", deadBefore()).mapTo(Integer.class).one() > 0;
    }

    /** Removes the other registrations. Only for a database that no other process can use as an instance now. */
    public void removeOthers() {
        database.writeStatement(handle -> handle.execute("DELETE FROM instances WHERE id <> ?", id));
    }

    /** Removes the registration. If the database is unavailable, the other instances detect the missing heartbeat. */
    @Override
    public void close() {
        try {
            database.writeStatement(handle -> handle.execute("DELETE FROM instances WHERE id = ?", id));
        } catch (DatabaseUnavailableException e) {
            LOG.warn("instance could not be unregistered instance={}", id, e);
        } finally {
            heartbeats.close();
        }
    }
}
