package dev.retouch.server.database;

import java.time.Clock;
import java.time.Duration;

/** Heartbeats by the clock of this process, for a database that no other process uses as an instance. */
final class LocalHeartbeats implements Heartbeats {

    private final Database database;
    private final Clock clock;
    private final Duration deadAfter;

    LocalHeartbeats(Database database, Clock clock, Duration deadAfter) {
        this.database = database;
        this.clock = clock;
        this.deadAfter = deadAfter;
    }

    @Override
    public void beat(String instance) {
        database.writeStatement(handle -> handle.createUpdate("""
                INSERT INTO instances (id, started_at, seen_at) VALUES (:id, :now, :now)
                ON CONFLICT (id) DO UPDATE SET seen_at = :now""").bind("id", instance).bind("now", clock.millis())
                .execute());
    }

    @Override
    public Clock clock() {
        return clock;
    }

    @Override
    public long deadBefore() {
        return clock.instant().minus(deadAfter).toEpochMilli();
    }

    @Override
    public boolean isAliveSince(long nanoTime) {
        return true;
    }

    @Override
    public void close() {
        // the database has the connections
    }
}
