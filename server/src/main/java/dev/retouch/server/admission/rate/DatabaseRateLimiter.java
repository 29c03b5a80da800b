package dev.retouch.server.admission.rate;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;

import io.github.bucket4j.TimeMeter;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

import dev.retouch.server.admission.rate.RateLimitRequest.Draft;
import dev.retouch.server.admission.rate.RateLimitRequest.Level;
import dev.retouch.server.database.Database;
import dev.retouch.server.database.DirectSql;

/**
 * Keeps token buckets in the database that several instances share. A request takes from all its buckets with one statement, which locks
 * their rows in the order of their ids, so the limits hold exactly. The statement computes the levels itself, because a library that
 * computes them here would need a round trip to read and another to write.
 */
public final class DatabaseRateLimiter implements RateLimiter {

    private static final Duration KEPT = RateLimitRequest.PERIOD.multipliedBy(2);
    private static final String TAKE = """
            SELECT taken, tokens_left, wait_millis FROM take_rate_tokens(?, ?, ?, CAST(? AS bigint))""";
    private static final String SWEEP = """
            DELETE FROM rate_limits
            WHERE expires_at < COALESCE(CAST(? AS bigint), CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS bigint))""";
    private static final long NANOS_PER_MILLI = 1_000_000;

    private final Database database;
    private final @Nullable TimeMeter time;
    private final AtomicLong lastSweep = new AtomicLong(System.nanoTime() - KEPT.toNanos());

    /** Creates the limiter with the time of the database, on which all instances agree. */
    public DatabaseRateLimiter(Database database) {
        this(database, null);
    }

    /**
     * Creates the limiter.
     *
     * @param time clock that all instances agree on; null for that of the database
     */
    DatabaseRateLimiter(Database database, @Nullable TimeMeter time) {
        this.database = database;
        this.time = time;
    }

    @Override
    public RateLimitStatus take(List<RateLimitScope> scopes, int images) {
        RateLimitRequest request = new RateLimitRequest(scopes, images);
        request.refuseImpossible();
        List<Draft> drafts = request.drafts();
        if (drafts.isEmpty()) {
            return new RateLimitStatus(Map.of());
        }
        sweep();
        List<Level> levels = database.writeStatement(handle -> take(handle, drafts));
        return RateLimitRequest.status(drafts, levels);
    }

    private List<Level> take(Handle handle, List<Draft> drafts) {
        TimeMeter meter = time;
        return DirectSql.query(handle, TAKE,
                row -> new Level(Duration.ofMillis(row.getLong("wait_millis")), row.getLong("tokens_left")),
                drafts.stream().map(Draft::bucketId).toArray(String[]::new), numbers(drafts, Draft::perMinute),
                numbers(drafts, Draft::tokens), meter == null ? null : meter.currentTimeNanos() / NANOS_PER_MILLI);
    }

    /** Removes buckets that are full again, by the time that has filled them. */
    private void sweep() {
        long now = System.nanoTime();
        long last = lastSweep.get();
        if (now - last >= KEPT.toNanos() && lastSweep.compareAndSet(last, now)) {
            TimeMeter meter = time;
            database.writeStatement(handle -> DirectSql.update(handle, SWEEP,
                    meter == null ? null : meter.currentTimeNanos() / NANOS_PER_MILLI));
        }
    }

    private static Long[] numbers(List<Draft> drafts, Function<Draft, Integer> number) {
        return drafts.stream().map(draft -> (long) number.apply(draft)).toArray(Long[]::new);
    }
}
