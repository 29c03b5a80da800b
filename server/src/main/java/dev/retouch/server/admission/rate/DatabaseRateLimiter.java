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

    private final Database database;
    private final TimeMeter monotonic;
    private final @Nullable TimeMeter time;
    private final AtomicLong nextSweep = new AtomicLong();

    /** Creates the limiter with the time of the database, on which all instances agree. */
    public DatabaseRateLimiter(Database database) {
        this(database, TimeMeter.SYSTEM_MILLISECONDS, null);
    }

    /**
     * Creates the limiter with another time than that of the database.
     *
     * @param time clock that all instances agree on
     */
    DatabaseRateLimiter(Database database, TimeMeter time) {
        this(database, time, time);
    }

    private DatabaseRateLimiter(Database database, TimeMeter sweeps, @Nullable TimeMeter time) {
        this.database = database;
        this.monotonic = sweeps;
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
                numbers(drafts, Draft::tokens), meter == null ? null : millis(meter));
    }

    /** Removes buckets that are full again. */
    private void sweep() {
        long now = millis(monotonic);
        long due = nextSweep.get();
        if (now >= due && nextSweep.compareAndSet(due, now + KEPT.toMillis())) {
            database.writeStatement(handle -> handle.execute("DELETE FROM rate_limits WHERE expires_at < ?", now));
        }
    }

    private static long millis(TimeMeter meter) {
        return meter.currentTimeNanos() / 1_000_000;
    }

    private static Long[] numbers(List<Draft> drafts, Function<Draft, Integer> number) {
        return drafts.stream().map(draft -> (long) number.apply(draft)).toArray(Long[]::new);
    }
}
