package dev.retouch.server.admission;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

import io.github.bucket4j.TimeMeter;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;

import dev.retouch.server.store.Database;

/**
 * Rate limits in the database, for all instances that share it. A request is one piece of work that writes: those of all
 * instances take turns, so that the limits hold exactly.
 */
public final class SharedRateLimits implements RateLimits {

    private static final Duration KEPT = RateRequest.PERIOD.multipliedBy(2);

    private final Database database;
    private final TimeMeter time;
    private final AtomicLong nextSweep = new AtomicLong();

    /**
     * The limits in this database.
     *
     * @param time one that all instances agree on, such as {@link TimeMeter#SYSTEM_MILLISECONDS}; an instance that is ahead of
     *        the others fills the buckets early, once
     */
    public SharedRateLimits(Database database, TimeMeter time) {
        this.database = database;
        this.time = time;
    }

    @Override
    public RateResult take(List<RateScope> scopes, int images) {
        RateRequest request = new RateRequest(scopes, images);
        request.refuseImpossible();
        List<String> ids = request.bucketIds();
        return ids.isEmpty() ? new RateResult(Map.of()) : database.write(handle -> take(handle, request, ids));
    }

    private RateResult take(Handle handle, RateRequest request, List<String> ids) {
        BucketStates states = new BucketStates(read(handle, ids), time);
        RateResult result = request.takeFrom(states);
        long now = time.currentTimeNanos() / 1_000_000;
        write(handle, states.changed(), now + KEPT.toMillis());
        long due = nextSweep.get();
        if (now >= due && nextSweep.compareAndSet(due, now + KEPT.toMillis())) {
            handle.execute("DELETE FROM rate_limits WHERE expires_at < ?", now);
        }
        return result;
    }

    private static Map<String, byte[]> read(Handle handle, List<String> ids) {
        Map<String, byte[]> states = new HashMap<>();
        handle.createQuery("SELECT id, state FROM rate_limits WHERE id IN (<ids>)").bindList("ids", ids)
                .map((row, context) -> Map.entry(row.getString("id"), row.getBytes("state")))
                .forEach(entry -> states.put(entry.getKey(), entry.getValue()));
        return states;
    }

    private static void write(Handle handle, Map<String, byte[]> states, long expires) {
        PreparedBatch batch = handle.prepareBatch("""
                INSERT INTO rate_limits (id, state, expires_at) VALUES (?, ?, ?)
                ON CONFLICT (id) DO UPDATE SET state = EXCLUDED.state, expires_at = EXCLUDED.expires_at""");
        states.forEach((id, state) -> batch.add(id, state, expires));
        batch.execute();
    }
}
