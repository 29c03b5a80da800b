package dev.retouch.server.store;

import java.time.Clock;
import java.time.Duration;
import java.util.UUID;

import org.jdbi.v3.core.Handle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This process among those that share the database. It says again and again that it lives, so that the others can tell whose
 * work nobody will finish.
 */
public final class Instance implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Instance.class);

    private final Database database;
    private final Clock clock;
    private final String id = "inst_" + UUID.randomUUID().toString().replace("-", "");

    /** Makes itself known. */
    public Instance(Database database, Clock clock) {
        this.database = database;
        this.clock = clock;
        beat();
    }

    /** What its work is marked with; another one at every start. */
    public String id() {
        return id;
    }

    /** Says that it lives; also where the others have given it up in the meantime. */
    public void beat() {
        database.write(handle -> handle.createUpdate("""
                INSERT INTO instances (id, started_at, seen_at) VALUES (:id, :now, :now)
                ON CONFLICT (id) DO UPDATE SET seen_at = :now""").bind("id", id).bind("now", clock.millis())
                .execute());
    }

    /** Whether an instance was seen within this time, as of somebody's own read or write. This one has always been. */
    public boolean lives(Handle handle, String other, Duration deadAfter) {
        return other.equals(id) || handle
                .createQuery("SELECT count(*) FROM instances WHERE id = :id AND seen_at >= :alive").bind("id", other)
                .bind("alive", clock.instant().minus(deadAfter).toEpochMilli()).mapTo(Integer.class).one() > 0;
    }

    /** Signs off. Where the database is away, the others find out by themselves. */
    @Override
    public void close() {
        try {
            database.write(handle -> handle.execute("DELETE FROM instances WHERE id = ?", id));
        } catch (DatabaseAwayException e) {
            LOG.warn("could not sign off instance={}", id, e);
        }
    }
}
