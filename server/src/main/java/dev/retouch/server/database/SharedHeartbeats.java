package dev.retouch.server.database;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.function.LongSupplier;

import javax.sql.DataSource;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Heartbeats by the clock of the PostgreSQL server, on a separate connection: no work of any instance can delay them, and no clock
 * of an instance decides which instance is dead.
 *
 * <p>
 * No instance is declared dead until this instance has been connected without interruption for the time after which an instance is dead.
 * After an outage of the database all heartbeats are old, and every instance has this time to write its next one.
 */
final class SharedHeartbeats implements Heartbeats {

    private static final Logger LOG = LoggerFactory.getLogger(SharedHeartbeats.class);
    private static final long NANOS_PER_MILLI = 1_000_000;
    /** The part of the time until an instance is dead for which this instance may be silent and still count as connected. */
    private static final int INTERRUPTION = 3;
    private static final String BEAT = """
            INSERT INTO instances AS i (id, started_at, seen_at)
            SELECT ?, t.now, t.now
            FROM (SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT) AS now) AS t
            ON CONFLICT (id) DO UPDATE SET seen_at = excluded.seen_at
            RETURNING seen_at""";

    private final DataSource source;
    private final LongSupplier nanoTime;
    private final Duration deadAfter;
    private final Clock clock = new ServerClock();
    private @Nullable Connection connection;
    private volatile @Nullable Contact contact;

    /**
     * What the last heartbeats showed.
     *
     * @param sinceNanos the start of the first heartbeat since the last interruption, on the clock of {@link System#nanoTime()}
     * @param lastNanos the end of the last heartbeat, on the same clock
     * @param serverMillis the time of the server at the last heartbeat
     * @param connected whether no heartbeat has failed since the last one that was written
     * @param begunNanos the start of the last heartbeat, on the same clock
     * @param aliveNanos since when no two heartbeats were so far apart that this instance was dead, on the same clock
     */
    private record Contact(long sinceNanos, long lastNanos, long serverMillis, boolean connected, long begunNanos,
            long aliveNanos) {

        private Contact interrupted() {
            return new Contact(sinceNanos, lastNanos, serverMillis, false, begunNanos, aliveNanos);
        }
    }

    /**
     * Writes heartbeats over connections of this source.
     *
     * @param nanoTime the clock of {@link System#nanoTime()}
     * @param deadAfter the time without a heartbeat after which an instance is dead
     */
    SharedHeartbeats(DataSource source, LongSupplier nanoTime, Duration deadAfter) {
        this.source = source;
        this.nanoTime = nanoTime;
        this.deadAfter = deadAfter;
    }

    @Override
    public synchronized void beat(String instance) {
        long begin = nanoTime.getAsLong();
        Contact before = contact;
        try {
            long server = write(instance);
            long end = nanoTime.getAsLong();
            long since = before == null || !before.connected() ? begin : before.sinceNanos();
            long alive = before == null || mayHaveBeenDead(before, server, end) ? end : before.aliveNanos();
            contact = new Contact(since, end, server, true, begin, alive);
        } catch (SQLException e) {
            disconnect();
            contact = before == null ? null : before.interrupted();
            throw new DatabaseUnavailableException(e);
        }
    }

    /**
     * Whether the gap since the last heartbeat was long enough to be taken for dead. Other instances judge by the clock of the server. It may
     * have been set back meanwhile, so the gap on the clock of this machine counts, too.
     */
    private boolean mayHaveBeenDead(Contact before, long server, long end) {
        return server - before.serverMillis() >= deadAfter.toMillis()
                || end - before.begunNanos() >= deadAfter.toNanos();
    }

    private long write(String instance) throws SQLException {
        Connection open = connection;
        if (open == null) {
            open = source.getConnection();
            connection = open;
        }
        try (PreparedStatement statement = open.prepareStatement(BEAT)) {
            statement.setString(1, instance);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        }
    }

    @Override
    public Clock clock() {
        return clock;
    }

    @Override
    public long deadBefore() {
        Contact last = contact;
        if (last == null || !last.connected()) {
            return Long.MIN_VALUE;
        }
        long now = nanoTime.getAsLong();
        boolean observed = now - last.sinceNanos() >= deadAfter.toNanos()
                && now - last.lastNanos() <= deadAfter.toNanos() / INTERRUPTION;
        return observed ? millis(last) - deadAfter.toMillis() : Long.MIN_VALUE;
    }

    @Override
    public boolean isAliveSince(long time) {
        Contact last = contact;
        return last != null && time - last.aliveNanos() > 0
                && nanoTime.getAsLong() - last.begunNanos() < deadAfter.toNanos();
    }

    private long millis(Contact last) {
        return last.serverMillis() + (nanoTime.getAsLong() - last.lastNanos()) / NANOS_PER_MILLI;
    }

    private void disconnect() {
        Connection open = connection;
        connection = null;
        if (open != null) {
            try {
                open.close();
            } catch (SQLException e) {
                LOG.debug("heartbeat connection could not be closed", e);
            }
        }
    }

    @Override
    public synchronized void close() {
        disconnect();
    }

    /** The time of the server: of the last heartbeat, and what has passed since on this machine, whatever its clock says. */
    private final class ServerClock extends Clock {

        @Override
        public long millis() {
            Contact last = contact;
            if (last == null) {
                throw new IllegalStateException("no heartbeat has been written");
            }
            return SharedHeartbeats.this.millis(last);
        }

        @Override
        public Instant instant() {
            return Instant.ofEpochMilli(millis());
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }
}
