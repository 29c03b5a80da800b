package dev.retouch.server.task;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

import org.jdbi.v3.core.statement.Query;
import org.jspecify.annotations.Nullable;

import dev.retouch.server.database.Database;

/** Reads the tasks of all keys for administrators, newest first, in pages. */
public final class TaskRecordRepository {

    private static final String COLUMNS = """
            SELECT id, account, edit_id, state, asked, completed, partial, error, created_at, started_at, finished_at,
                expires_at
            FROM edit_tasks
            """;

    private final Database database;

    /** Reads from this database. */
    public TaskRecordRepository(Database database) {
        this.database = database;
    }

    /**
     * Selects tasks. Null selects all.
     *
     * @param rootKeyId the root key id
     */
    public record Filter(@Nullable TaskState state, @Nullable String rootKeyId) {

        private String where() {
            return " WHERE 1 = 1" + (state == null ? "" : " AND state = :state")
                    + (rootKeyId == null ? "" : " AND account = :account");
        }

        private Query bound(Query query) {
            if (state != null) {
                query.bind("state", state.word());
            }
            if (rootKeyId != null) {
                query.bind("account", rootKeyId);
            }
            return query;
        }
    }

    /** A part of the list, and whether more tasks follow it. */
    public record Page(List<TaskRecord> tasks, boolean hasMore) {}

    /**
     * Returns a page of the tasks.
     *
     * @param after the id of a task of the same list, which the page follows; null for the first page
     * @param limit the maximum number of tasks
     * @return the page, or empty if the list has no task {@code after}
     */
    public Optional<Page> page(Filter filter, @Nullable String after, int limit) {
        return database.report(handle -> {
            Optional<Long> time = after == null
                    ? Optional.of(0L)
                    : filter.bound(handle.createQuery("SELECT created_at FROM edit_tasks" + filter.where()
                            + " AND id = :pageId")).bind("pageId", after).mapTo(Long.class).findOne();
            if (time.isEmpty()) {
                return Optional.empty();
            }
            String from = after == null
                    ? ""
                    : " AND (created_at < :pageTime OR (created_at = :pageTime AND id < :pageId))";
            Query query = filter.bound(handle.createQuery(COLUMNS + filter.where() + from
                    + " ORDER BY created_at DESC, id DESC LIMIT :limit")).bind("limit", limit + 1);
            if (after != null) {
                query.bind("pageTime", time.get()).bind("pageId", after);
            }
            List<TaskRecord> found = query.map((row, context) -> task(row)).list();
            return Optional.of(new Page(List.copyOf(found.subList(0, Math.min(limit, found.size()))),
                    found.size() > limit));
        });
    }

    /** Returns a task by its id. */
    public Optional<TaskRecord> find(String id) {
        return database.read(handle -> handle.createQuery(COLUMNS + " WHERE id = :id").bind("id", id)
                .map((row, context) -> task(row)).findOne());
    }

    private static TaskRecord task(ResultSet row) throws SQLException {
        return new TaskRecord(row.getString("id"), row.getString("account"), row.getString("edit_id"),
                TaskState.of(row.getString("state")),
                new Task.Progress(row.getInt("completed"), row.getInt("partial"), row.getInt("asked")),
                Instant.ofEpochMilli(row.getLong("created_at")), time(row, "started_at"), time(row, "finished_at"),
                Instant.ofEpochMilli(row.getLong("expires_at")), row.getString("error"));
    }

    private static @Nullable Instant time(ResultSet row, String column) throws SQLException {
        long millis = row.getLong(column);
        return row.wasNull() ? null : Instant.ofEpochMilli(millis);
    }
}
