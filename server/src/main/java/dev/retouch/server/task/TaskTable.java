package dev.retouch.server.task;

import java.net.URI;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;

import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

import dev.retouch.server.billing.Ledger;
import dev.retouch.server.store.Database;
import dev.retouch.server.store.Instance;
import dev.retouch.server.task.Task.Ending;
import dev.retouch.server.task.Task.Progress;

/** Tasks in the database. Whoever has lost a task to another instance, or to whoever canceled it, changes nothing in it any more. */
public final class TaskTable {

    private static final String COLUMNS = """
            SELECT id, account, key_id, edit_id, instance, state, request, link_base, asked, completed, partial,
                headers, result, error, created_at, started_at, finished_at, expires_at
            FROM edit_tasks
            """;

    private final Database database;
    private final Ledger ledger;
    private final Instance self;
    private final Clock clock;
    private final Lifetimes lifetimes;

    /** The tasks in a database, of which this instance runs some. */
    public TaskTable(Database database, Ledger ledger, Instance self, Clock clock, Lifetimes lifetimes) {
        this.database = database;
        this.ledger = ledger;
        this.self = self;
        this.clock = clock;
        this.lifetimes = lifetimes;
    }

    /**
     * When something is given up.
     *
     * @param tasks how long a task is kept after its end
     * @param deadAfter an instance that was not seen for so long is dead
     */
    public record Lifetimes(Duration tasks, Duration deadAfter) {}

    /** Does something within the write that enters a task, such as finding that it is there already. */
    @FunctionalInterface
    interface Guard {
        /** The id of the task that stands in its place, if there is one. */
        Optional<String> before(Handle handle);
    }

    /** Enters a task for this instance to run, unless another one stands in its place. */
    Optional<String> enter(TaskOrder order, Guard guard) {
        return database.write(handle -> {
            Optional<String> other = guard.before(handle);
            if (other.isEmpty()) {
                insert(handle, order);
            }
            return other;
        });
    }

    /** The task of an account. */
    Optional<Task> find(String id, String account) {
        return database.read(handle -> find(handle, id, account));
    }

    /** Begins a task that is still this instance's to run. */
    Optional<TaskOrder> begin(String id) {
        return database.write(handle -> {
            int begun = handle.createUpdate("""
                    UPDATE edit_tasks SET state = 'running', started_at = :now
                    WHERE id = :id AND instance = :self AND state = 'queued'""").bind("now", clock.millis())
                    .bind("id", id).bind("self", self.id()).execute();
            return begun == 0
                    ? Optional.empty()
                    : handle.createQuery(COLUMNS + "WHERE id = :id").bind("id", id)
                            .map((row, context) -> order(row)).findOne();
        });
    }

    /** Tells how far a task is. */
    void progress(String id, int completed, int partial) {
        database.write(handle -> handle.createUpdate("""
                UPDATE edit_tasks SET completed = :completed, partial = :partial
                WHERE id = :id AND instance = :self AND state = 'running'""").bind("completed", completed)
                .bind("partial", partial).bind("id", id).bind("self", self.id()).execute());
    }

    /** Ends a task that this instance runs, within a write; says whether that is how it ended. */
    boolean end(Handle handle, String id, TaskState state, Ending ending, int completed) {
        return handle.createUpdate("""
                UPDATE edit_tasks SET state = :state, headers = :headers, result = :result, error = :error,
                    completed = :completed, request = NULL, finished_at = :now, expires_at = :expires
                WHERE id = :id AND instance = :self AND state = 'running'""").bind("state", state.word())
                .bind("headers", ending.headers()).bind("result", ending.result()).bind("error", ending.error())
                .bind("completed", completed).bind("now", clock.millis()).bind("expires", forgotten()).bind("id", id)
                .bind("self", self.id()).execute() > 0;
    }

    /** Gives a task back that was not let through yet; otherwise it ends in the error, because nobody knows. Within a write. */
    boolean cutOff(Handle handle, String id, String editId, String error) {
        return ledger.knows(handle, editId)
                ? end(handle, id, TaskState.FAILED, Ending.failed(error), 0)
                : handle.createUpdate("""
                        UPDATE edit_tasks SET state = 'queued', started_at = NULL
                        WHERE id = :id AND instance = :self AND state = 'running'""").bind("id", id)
                        .bind("self", self.id()).execute() > 0;
    }

    /** Cancels a task that has not ended, and removes one that has; returns it as it was before. */
    Optional<Task> cancel(String id, String account) {
        return database.write(handle -> {
            Optional<Task> task = find(handle, id, account);
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
        });
    }

    /** Removes a task that nobody was told of, within a write. */
    boolean remove(Handle handle, String id) {
        return handle.execute("DELETE FROM edit_tasks WHERE id = ? AND instance = ?", id, self.id()) > 0;
    }

    /** Which of these are not this instance's to run any more. */
    List<String> lost(Collection<String> ids) {
        return database.read(handle -> {
            List<String> lost = new ArrayList<>(ids);
            lost.removeAll(handle.createQuery("""
                    SELECT id FROM edit_tasks WHERE instance = :self AND state IN ('queued', 'running')""")
                    .bind("self", self.id()).mapTo(String.class).list());
            return lost;
        });
    }

    /** What was found of dead instances. */
    record Inherited(List<String> queued, List<String> ended) {}

    /**
     * Takes over tasks of dead instances: those that were never let through are this one's now, the others end in the error. So
     * are its own that wait for it and that it has lost sight of.
     */
    Inherited inherit(int most, Predicate<String> atHand, String error) {
        return database.write(handle -> {
            List<Orphan> others = handle.createQuery(COLUMNS + """
                    WHERE state = 'queued' OR (state = 'running' AND instance <> :self) ORDER BY created_at, id""")
                    .bind("self", self.id()).map((row, context) -> new Orphan(row.getString("instance"), order(row)))
                    .list();
            Inherited inherited = new Inherited(new ArrayList<>(), new ArrayList<>());
            others.stream().filter(orphan -> orphan.instance().equals(self.id())
                    ? !atHand.test(orphan.order().id())
                    : !self.lives(handle, orphan.instance(), lifetimes.deadAfter()))
                    .limit(most).forEach(orphan -> inherit(handle, orphan.order(), error, inherited));
            return inherited;
        });
    }

    private void inherit(Handle handle, TaskOrder order, String error, Inherited inherited) {
        handle.execute("UPDATE edit_tasks SET instance = ?, state = 'running' WHERE id = ?", self.id(), order.id());
        cutOff(handle, order.id(), order.editId(), error);
        (ledger.knows(handle, order.editId()) ? inherited.ended() : inherited.queued()).add(order.id());
    }

    private record Orphan(String instance, TaskOrder order) {}

    /** Forgets what has expired. */
    void removeExpired() {
        database.write(handle -> handle.createUpdate("""
                DELETE FROM edit_tasks WHERE expires_at < :now AND state NOT IN ('queued', 'running')""")
                .bind("now", clock.millis()).execute());
    }

    /** Whether the images of a task are still needed, by whichever instance. */
    boolean needsImages(String id) {
        return database.read(handle -> handle.createQuery("""
                SELECT count(*) FROM edit_tasks WHERE id = :id AND state IN ('queued', 'running')""").bind("id", id)
                .mapTo(Integer.class).one() > 0);
    }

    private long forgotten() {
        return clock.instant().plus(lifetimes.tasks()).toEpochMilli();
    }

    private void insert(Handle handle, TaskOrder order) {
        handle.createUpdate("""
                INSERT INTO edit_tasks (id, account, key_id, edit_id, instance, state, request, link_base, asked,
                    completed, partial, created_at, expires_at)
                VALUES (:id, :account, :key, :edit, :self, 'queued', :request, :base, :asked, 0, 0, :now, :expires)""")
                .bind("id", order.id()).bind("account", order.account()).bind("key", order.keyId())
                .bind("edit", order.editId()).bind("self", self.id()).bind("request", order.request())
                .bind("base", order.linkBase().toString()).bind("asked", order.asked()).bind("now", clock.millis())
                .bind("expires", forgotten()).execute();
    }

    private static Optional<Task> find(Handle handle, String id, String account) {
        return handle.createQuery(COLUMNS + "WHERE id = :id AND account = :account").bind("id", id)
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

    private static TaskOrder order(ResultSet row) throws SQLException {
        return new TaskOrder(row.getString("id"), row.getString("account"), row.getString("key_id"),
                row.getString("edit_id"), Objects.requireNonNull(row.getString("request")),
                URI.create(row.getString("link_base")), row.getInt("asked"));
    }
}
