package dev.retouch.server.admission.rate;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
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
import dev.retouch.server.database.GroupedWrites;

/**
 * Keeps token buckets in the database that several instances share. Requests that come at the same time take from all their buckets, in
 * turn, with one statement, which locks the rows in the order of their ids, so the limits hold exactly. The statement computes the levels
 * itself, because a library that computes them here would need a round trip to read and another to write.
 */
public final class DatabaseRateLimiter implements RateLimiter {

    private static final Duration KEPT = RateLimitRequest.PERIOD.multipliedBy(2);
    private static final String TAKE = """
            SELECT tokens_left, wait_millis FROM take_rate_tokens_in_turn(?, ?, ?, ?, CAST(? AS bigint)) ORDER BY item""";
    private static final String SWEEP = """
            DELETE FROM rate_limits
            WHERE expires_at < COALESCE(CAST(? AS bigint), CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS bigint))""";
    private static final long NANOS_PER_MILLI = 1_000_000;

    private final Database database;
    private final @Nullable TimeMeter time;
    private final GroupedWrites<Take, List<Level>> takes;
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
        this.takes = database.grouped(this::take, Function.identity(), 1);
    }

    /** What a request takes. No two are equal, because requests that take the same may be in one statement. */
    private static final class Take {

        private final List<Draft> drafts;

        Take(List<Draft> drafts) {
            this.drafts = drafts;
        }
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
        return RateLimitRequest.status(drafts, takes.write(new Take(drafts), Database.timeout()));
    }

    private List<List<Level>> take(Handle handle, List<Take> group) {
        List<Integer> positions = new ArrayList<>();
        List<Draft> drafts = new ArrayList<>();
        for (int index = 0; index < group.size(); index++) {
            for (Draft draft : group.get(index).drafts) {
                positions.add(index + 1);
                drafts.add(draft);
            }
        }
        TimeMeter meter = time;
        Iterator<Level> levels = DirectSql.query(handle, TAKE,
                row -> new Level(Duration.ofMillis(row.getLong("wait_millis")), row.getLong("tokens_left")),
                positions.toArray(Integer[]::new), drafts.stream().map(Draft::bucketId).toArray(String[]::new),
                numbers(drafts, Draft::perMinute), numbers(drafts, Draft::tokens),
                meter == null ? null : meter.currentTimeNanos() / NANOS_PER_MILLI).iterator();
        return group.stream().map(take -> take.drafts.stream().map(_ -> levels.next()).toList()).toList();
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
