package dev.retouch.server.billing;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

import org.jspecify.annotations.Nullable;

import dev.retouch.server.database.Database;
import dev.retouch.server.database.DatabaseUnavailableException;

/**
 * Counts the edits of the last 24 hours of all instances, by hour and state. A count is used for {@link #FRESH}, or longer if the query
 * is slow, so that it takes a small share of the database's time however often it is asked. Thread-safe.
 */
public final class EditHours {

    /** The number of hours, the current hour included. */
    public static final int HOURS = 24;

    private static final Duration FRESH = Duration.ofSeconds(2);
    /** How many times as long as the query took a count is used. */
    private static final int PATIENCE = 20;
    private static final long HOUR = Duration.ofHours(1).toMillis();

    private final Database database;
    private final Clock clock;
    private final ReentrantLock counting = new ReentrantLock();
    private volatile @Nullable Counted counted;

    /**
     * Counts in this database.
     *
     * @param clock the clock of the times of edits
     */
    public EditHours(Database database, Clock clock) {
        this.database = database;
        this.clock = clock;
    }

    /**
     * The edits that were dispatched within an hour.
     *
     * @param start the start of the hour
     * @param states the number of edits by state; states without edits are absent
     */
    public record Hour(Instant start, Map<HoldState, Long> states) {

        /** Copies the map. */
        public Hour {
            states = Map.copyOf(states);
        }

        /** The number of edits in a state. */
        public long count(HoldState state) {
            return states.getOrDefault(state, 0L);
        }
    }

    /** @param until the time until which the hours are used, on the clock of {@link System#nanoTime()} */
    private record Counted(List<Hour> hours, long until) {

        boolean isFresh() {
            return System.nanoTime() - until < 0;
        }
    }

    /**
     * Returns the last hours, the current hour last. While the database is unavailable, these are the hours that were counted last.
     *
     * @throws DatabaseUnavailableException if nothing was counted yet
     */
    public List<Hour> hours() {
        Counted known = counted;
        if (known != null && (known.isFresh() || !counting.tryLock())) {
            return known.hours(); // another thread counts them again
        }
        if (known == null) {
            counting.lock();
        }
        try {
            Counted other = counted;
            return other != null && other.isFresh() ? other.hours() : count(known);
        } finally {
            counting.unlock();
        }
    }

    private List<Hour> count(@Nullable Counted known) {
        long begin = System.nanoTime();
        try {
            List<Hour> hours = read();
            long now = System.nanoTime();
            counted = new Counted(hours, now + Math.max(FRESH.toNanos(), PATIENCE * (now - begin)));
            return hours;
        } catch (DatabaseUnavailableException e) {
            if (known == null) {
                throw e;
            }
            counted = new Counted(known.hours(), System.nanoTime() + FRESH.toNanos());
            return known.hours();
        }
    }

    private List<Hour> read() {
        Instant first = clock.instant().truncatedTo(ChronoUnit.HOURS).minus(Duration.ofHours(HOURS - 1L));
        Map<Long, Map<HoldState, Long>> found = new HashMap<>();
        database.report(handle -> handle.createQuery("""
                SELECT created_at / 3600000 AS number, state, count(*) AS edits FROM edits
                WHERE created_at >= :first GROUP BY created_at / 3600000, state""").bind("first", first.toEpochMilli())
                .map((row, context) -> Map.entry(row.getLong("number"),
                        Map.entry(HoldState.of(row.getString("state")), row.getLong("edits"))))
                .list())
                .forEach(row -> found.computeIfAbsent(row.getKey(), _ -> new EnumMap<>(HoldState.class))
                        .put(row.getValue().getKey(), row.getValue().getValue()));
        List<Hour> hours = new ArrayList<>();
        for (int hour = 0; hour < HOURS; hour++) {
            Instant start = first.plus(Duration.ofHours(hour));
            hours.add(new Hour(start, found.getOrDefault(start.toEpochMilli() / HOUR, Map.of())));
        }
        return List.copyOf(hours);
    }
}
