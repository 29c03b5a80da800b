package dev.retouch.server.admission;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;

import dev.retouch.server.database.Database;

/** The table of the bytes that each account has stored, by the hour after which they are removed. Hours count from 1970. */
final class StoredBytesRepository {

    private final Database database;

    StoredBytesRepository(Database database) {
        this.database = database;
    }

    /**
     * Bytes that were stored, or removed early.
     *
     * @param account root key id
     * @param removedAfter the hour after which they are removed
     * @param bytes the number of bytes; negative if they were removed early
     */
    record Change(String account, long removedAfter, long bytes) {}

    /**
     * What an account has stored.
     *
     * @param bytes the number of bytes
     * @param firstHour the hour after which the first of them are removed
     */
    record Total(long bytes, long firstHour) {}

    /**
     * Adds changes and returns the totals of accounts.
     *
     * @param hour the present hour; what was removed before it does not count
     */
    Map<String, Total> add(List<Change> changes, Collection<String> accounts, long hour) {
        if (changes.isEmpty()) {
            return database.read(handle -> totals(handle, accounts, hour));
        }
        return database.write(handle -> {
            add(handle, changes);
            return totals(handle, accounts, hour);
        });
    }

    private static void add(Handle handle, List<Change> changes) {
        PreparedBatch batch = handle.prepareBatch("INSERT INTO stored_bytes (account, removed_after, bytes)"
                + " VALUES (:account, :removedAfter, :bytes) ON CONFLICT (account, removed_after)"
                + " DO UPDATE SET bytes = stored_bytes.bytes + excluded.bytes");
        changes.forEach(change -> batch.bind("account", change.account()).bind("removedAfter", change.removedAfter())
                .bind("bytes", change.bytes()).add());
        batch.execute();
    }

    private static Map<String, Total> totals(Handle handle, Collection<String> accounts, long hour) {
        Map<String, Total> totals = new HashMap<>();
        handle.createQuery("SELECT account, SUM(bytes) AS bytes, MIN(removed_after) AS first_hour FROM stored_bytes"
                + " WHERE account IN (<accounts>) AND removed_after >= :hour GROUP BY account")
                .bindList("accounts", List.copyOf(accounts)).bind("hour", hour)
                .map((row, _) -> totals.put(row.getString("account"),
                        new Total(row.getLong("bytes"), row.getLong("first_hour"))))
                .list();
        return totals;
    }

    /** Removes the rows of bytes that are removed. */
    void removeBefore(long hour) {
        database.write(handle -> handle.createUpdate("DELETE FROM stored_bytes WHERE removed_after < :hour")
                .bind("hour", hour).execute());
    }
}
