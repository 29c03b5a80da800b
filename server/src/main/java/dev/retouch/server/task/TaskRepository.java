package dev.retouch.server.task;

import java.net.URI;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Update;
import org.jspecify.annotations.Nullable;

import dev.retouch.server.billing.Ledger;
import dev.retouch.server.contract.model.ErrorMessage;
import dev.retouch.server.database.Database;
import dev.retouch.server.database.DirectSql;
import dev.retouch.server.database.Instance;
import dev.retouch.server.error.ApiException;
import dev.retouch.server.task.Task.Ending;
import dev.retouch.server.task.Task.Progress;

/**
 * Stores tasks in the database. An instance that lost a task to another instance, or to a cancellation, can no longer
 * change it.
 */
public final class TaskRepository {

    private static final String NAMES = """
            id, account, key_id, edit_id, instance, state, request, link_base, asked, completed, partial,
                headers, result, error, created_at, started_at, finished_at, expires_at
            """;
    private static final String COLUMNS = "SELECT " + NAMES + " FROM edit_tasks ";

    /** The number of tasks that are removed by a statement. */
    private static final int BATCH = 500;

    private final Database database;
    private final Ledger ledger;
    private final Instance self;
    private final Clock clock;
    private final Duration lifetime;

    /**
     * Creates a repository for the tasks of all instances, on behalf of this instance.
     *
     * @param self this instance, by whose clock tasks expire
     * @param lifetime how long a task is kept after its end
     */
    public TaskRepository(Database database, Ledger ledger, Instance self, Duration lifetime) {
        this.database = database;
        this.ledger = ledger;
        this.self = self;
        this.clock = self.clock();
        this.lifetime = lifetime;
    }

    /** A check in the transaction that inserts a task, such as the lookup of its idempotency key. */
    @FunctionalInterface
    interface Guard {
        /** The id of an existing task that replaces the new task; empty to insert it. */
        Optional<String> before(Handle handle);
    }

    /**
     * Inserts a task that this instance runs. Returns the id of an existing task if the guard found one; that task is no longer
     * {@linkplain #remove removed} when its own submission fails.
     */
    Optional<String> enter(TaskSpec order, Guard guard) {
        return database.write(handle -> {
            Optional<String> other = guard.before(handle);
            if (other.isPresent() && !replay(handle, other.get())) {
                other = guard.before(handle); // its submission removed it while this one waited for its row
                other.ifPresent(id -> replay(handle, id));
            }
            if (other.isEmpty()) {
                insertion(handle, order, TaskState.QUEUED, "").execute();
            }
            return other;
        });
    }

    /** Notes that another submission receives the id of a task; returns false if there is no such task. */
    private static boolean replay(Handle handle, String id) {
        return handle.execute("UPDATE edit_tasks SET replayed = 1 WHERE id = ?", id) > 0;
    }

    /** A task right after it was entered. */
    Task entered(String id, String account, int asked) {
        return new Task(id, account, TaskState.QUEUED, new Progress(0, 0, asked), new Ending(null, null, null),
                clock.instant(), null, null, Instant.ofEpochMilli(forgotten()));
    }

    /** The number of tasks of all instances that have not ended, by state. */
    public Map<TaskState, Long> counts() {
        return database.read(handle -> {
            Map<TaskState, Long> counts = new EnumMap<>(Map.of(TaskState.QUEUED, 0L, TaskState.RUNNING, 0L));
            handle.createQuery("SELECT state, count(*) AS tasks FROM edit_tasks"
                    + " WHERE state IN ('queued', 'running') GROUP BY state")
                    .map((row, context) -> Map.entry(TaskState.of(row.getString("state")), row.getLong("tasks")))
                    .forEach(entry -> counts.put(entry.getKey(), entry.getValue()));
            return counts;
        });
    }

    /**
     * The task with this id.
     *
     * @param account root key id, to which the task must belong
     * @throws ApiException if there is no such task
     */
    Task get(String id, String account) {
        return database.read(handle -> find(handle, id, account, "")).orElseThrow(() -> doesNotExist(id));
    }

    private static ApiException doesNotExist(String id) {
        return new ApiException(ErrorMessage.TASK_DOES_NOT_EXIST).withArgument("id", id);
    }

    /** Marks a task as running and returns it, if it still belongs to this instance. */
    Optional<TaskSpec> begin(String id) {
        return database.writeStatement(handle -> handle.createQuery("""
                UPDATE edit_tasks SET state = 'running', started_at = :now
                WHERE id = :id AND instance = :self AND state = 'queued'
                RETURNING\s""" + NAMES)
                .bind("now", clock.millis()).bind("id", id).bind("self", self.id()).map((row, context) -> order(row))
                .findOne());
    }

    /**
     * Confirms that a running task still belongs to this instance, in the transaction that holds the cost of its edit. The row is locked
     * until the transaction ends. Returns false if the task was canceled, removed, or adopted by another instance.
     */
    boolean dispatch(Handle handle, String id) {
        return DirectSql.update(handle, """
                UPDATE edit_tasks SET instance = ? WHERE id = ? AND instance = ? AND state = 'running'""", self.id(),
                id,
                self.id()) == 1;
    }

    /** Updates the progress of a task. */
    void progress(String id, int completed, int partial) {
        database.writeStatement(handle -> handle.createUpdate("""
                UPDATE edit_tasks SET completed = :completed, partial = :partial
                WHERE id = :id AND instance = :self AND state = 'running'""").bind("completed", completed)
                .bind("partial", partial).bind("id", id).bind("self", self.id()).execute());
    }

    /** Ends a task that this instance runs, in the caller's transaction; returns false if it had ended or was lost. */
    boolean end(Handle handle, String id, TaskState state, Ending ending, int completed) {
        return handle.createUpdate("""
                UPDATE edit_tasks SET state = :state, headers = :headers, result = :result, error = :error,
                    completed = :completed, request = NULL, finished_at = :now, expires_at = :expires
                WHERE id = :id AND instance = :self AND state = 'running'""").bind("state", state.word())
                .bind("headers", ending.headers()).bind("result", ending.result()).bind("error", ending.error())
                .bind("completed", completed).bind("now", clock.millis()).bind("expires", forgotten()).bind("id", id)
                .bind("self", self.id()).execute() > 0;
    }

    /**
     * Queues a task again if its edit was not dispatched; otherwise it fails with the error, because the outcome is
     * unknown. Uses the caller's transaction.
     */
    boolean failUndecided(Handle handle, String id, String editId, String error) {
        return ledger.hasHold(handle, editId)
                ? end(handle, id, TaskState.FAILED, Ending.failed(error), 0)
                : handle.createUpdate("""
                        UPDATE edit_tasks SET state = 'queued', started_at = NULL
                        WHERE id = :id AND instance = :self AND state = 'running'""").bind("id", id)
                        .bind("self", self.id()).execute() > 0;
    }

    /**
     * Cancels a task that has not ended, or removes a task that has ended.
     *
     * @return the task before
     * @throws ApiException if there is no such task of this account
     */
    Task cancel(String id, String account) {
        return database.write(handle -> {
            Optional<Task> task = find(handle, id, account, DirectSql.rowLock(handle));
            task.ifPresent(found -> {
                if (found.state().isOver()) {
                    handle.execute("DELETE FROM edit_tasks WHERE id = ?", id);
                } else {
                    handle.createUpdate("""
                            UPDATE edit_tasks SET state = 'canceled', request = NULL, finished_at = :now,
                                expires_at = :expires WHERE id = :id""").bind("now", clock.millis())
                            .bind("expires", forgotten()).bind("id", id).execute();
                }
            });
            return task;
        }).orElseThrow(() -> doesNotExist(id));
    }

    /** Cancels a task of any key that has not ended; returns whether it has not ended before. */
    boolean cancel(String id) {
        return database.write(handle -> handle.createUpdate("""
                UPDATE edit_tasks SET state = 'canceled', request = NULL, finished_at = :now, expires_at = :expires
                WHERE id = :id AND state IN ('queued', 'running')""").bind("now", clock.millis())
                .bind("expires", forgotten()).bind("id", id).execute() > 0);
    }

    /**
     * Removes a task whose submission fails, in the caller's transaction.
     *
     * @return false if the task was lost, or if a repeated submission has received its id
     */
    boolean remove(Handle handle, String id) {
        return handle.execute("DELETE FROM edit_tasks WHERE id = ? AND instance = ? AND replayed = 0", id,
                self.id()) > 0;
    }

    /**
     * Removes a task of which it is unknown whether it was entered, in the caller's transaction. If there is no such task, a canceled one
     * takes its place, so that a transaction that is still under way cannot enter it later.
     *
     * @return false if a repeated submission has received the id of the task, so that it stays
     */
    boolean removeUncertain(Handle handle, TaskSpec order) {
        boolean absent = insertion(handle, order, TaskState.CANCELED, " ON CONFLICT (id) DO NOTHING").execute() > 0;
        return absent || remove(handle, order.id());
    }

    /** The tasks among these that no longer belong to this instance. */
    List<String> findLost(Collection<String> ids) {
        return database.read(handle -> {
            List<String> lost = new ArrayList<>(ids);
            lost.removeAll(handle.createQuery("""
                    SELECT id FROM edit_tasks WHERE instance = :self AND state IN ('queued', 'running')""")
                    .bind("self", self.id()).mapTo(String.class).list());
            return lost;
        });
    }

    /** The tasks that no instance runs. */
    OrphanedTasks orphans() {
        return new OrphanedTasks(database, ledger, self, this);
    }

    /** Removes expired tasks. */
    void removeExpired() {
        long now = clock.millis();
        boolean more = database.read(handle -> handle.createQuery("""
                SELECT count(*) FROM (SELECT 1 FROM edit_tasks WHERE expires_at < :now
                AND state NOT IN ('queued', 'running') LIMIT 1) AS expired""").bind("now", now).mapTo(Integer.class)
                .one()) > 0;
        while (more) {
            more = database.writeStatement(handle -> handle.createUpdate("""
                    DELETE FROM edit_tasks WHERE id IN (SELECT id FROM edit_tasks WHERE expires_at < :now
                    AND state NOT IN ('queued', 'running') LIMIT :batch""" + DirectSql.freeRows(handle) + ")")
                    .bind("now", now).bind("batch", BATCH).execute()) == BATCH;
        }
    }

    /** Whether the stored images of a task are still needed by any instance. */
    boolean needsImages(String id) {
        return database.read(handle -> handle.createQuery("""
                SELECT count(*) FROM edit_tasks WHERE id = :id AND state IN ('queued', 'running')""").bind("id", id)
                .mapTo(Integer.class).one() > 0);
    }

    /** The ids of the tasks of all instances that have not ended. */
    Set<String> findUnended() {
        return database.read(handle -> handle.createQuery("""
                SELECT id FROM edit_tasks WHERE state IN ('queued', 'running')""").mapTo(String.class).set());
    }

    private long forgotten() {
        return clock.instant().plus(lifetime).toEpochMilli();
    }

    private Update insertion(Handle handle, TaskSpec order, TaskState state, String onConflict) {
        long now = clock.millis();
        return handle.createUpdate("""
                INSERT INTO edit_tasks (id, account, key_id, edit_id, instance, state, request, link_base, asked,
                    completed, partial, created_at, finished_at, expires_at)
                VALUES (:id, :account, :key, :edit, :self, :state, :request, :base, :asked, 0, 0, :now, :finished,
                    :expires)""" + onConflict)
                .bind("id", order.id()).bind("account", order.account()).bind("key", order.keyId())
                .bind("edit", order.editId()).bind("self", self.id()).bind("state", state.word())
                .bind("request", state.isOver() ? null : order.request()).bind("base", order.linkBase().toString())
                .bind("asked", order.asked()).bind("now", now).bind("finished", state.isOver() ? now : null)
                .bind("expires", forgotten());
    }

    private static Optional<Task> find(Handle handle, String id, String account, String rowLock) {
        return handle.createQuery(COLUMNS + "WHERE id = :id AND account = :account" + rowLock).bind("id", id)
                .bind("account", account).map((row, context) -> task(row)).findOne();
    }

    private static Task task(ResultSet row) throws SQLException {
        return new Task(row.getString("id"), row.getString("account"), TaskState.of(row.getString("state")),
                new Progress(row.getInt("completed"), row.getInt("partial"), row.getInt("asked")),
                new Ending(row.getString("headers"), row.getString("result"), row.getString("error")),
                Instant.ofEpochMilli(row.getLong("created_at")), time(row, "started_at"), time(row, "finished_at"),
                Instant.ofEpochMilli(row.getLong("expires_at")));
    }

    private static @Nullable Instant time(ResultSet row, String column) throws SQLException {
        long millis = row.getLong(column);
        return row.wasNull() ? null : Instant.ofEpochMilli(millis);
    }

    private static TaskSpec order(ResultSet row) throws SQLException {
        return new TaskSpec(row.getString("id"), row.getString("account"), row.getString("key_id"),
                row.getString("edit_id"), Objects.requireNonNull(row.getString("request")),
                URI.create(row.getString("link_base")), row.getInt("asked"));
    }
}
