package dev.retouch.server.task;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

import org.jdbi.v3.core.Handle;

import dev.retouch.server.billing.Ledger;
import dev.retouch.server.database.Database;
import dev.retouch.server.database.DirectSql;
import dev.retouch.server.database.Instance;

/** The tasks in the database that no instance runs: those of dead instances, and queued tasks that a worker pool has lost. */
final class OrphanedTasks {

    private final Database database;
    private final Ledger ledger;
    private final Instance self;
    private final TaskRepository tasks;

    OrphanedTasks(Database database, Ledger ledger, Instance self, TaskRepository tasks) {
        this.database = database;
        this.ledger = ledger;
        this.self = self;
        this.tasks = tasks;
    }

    /** The tasks adopted from dead instances. */
    record Inherited(List<String> queued, List<String> ended) {}

    private record Orphan(String id, String editId, String instance, String state) {}

    /**
     * Adopts tasks of dead instances. Tasks whose edit was not dispatched are queued here; the others fail with the
     * error. Queued tasks of this instance that its pool has lost are included. Writes only if there are any. Tasks that another
     * instance adopts at the same time are left out, so that instances share the tasks instead of waiting for each other.
     *
     * @param max the maximum number of tasks to adopt
     */
    Inherited adopt(int max, Predicate<String> inPool, String error) {
        Inherited inherited = new Inherited(new ArrayList<>(), new ArrayList<>());
        if (!database.read(handle -> orphans(handle, max, inPool, "")).isEmpty()) {
            database.write(handle -> {
                inherited.queued().clear(); // the work may be repeated
                inherited.ended().clear();
                orphans(handle, max, inPool, DirectSql.freeRows(handle))
                        .forEach(orphan -> adopt(handle, orphan, error, inherited));
                return true;
            });
        }
        return inherited;
    }

    private List<Orphan> orphans(Handle handle, int max, Predicate<String> inPool, String rowLock) {
        List<Orphan> orphans = new ArrayList<>(handle.createQuery("""
                SELECT id, edit_id, instance, state FROM edit_tasks
                WHERE state IN ('queued', 'running') AND instance <> :self
                    AND instance NOT IN (SELECT id FROM instances WHERE seen_at >= :alive)
                ORDER BY created_at, id LIMIT :max""" + rowLock).bind("self", self.id())
                .bind("alive", self.deadBefore()).bind("max", max).map((row, context) -> orphan(row)).list());
        handle.createQuery("""
                SELECT id, edit_id, instance, state FROM edit_tasks WHERE state = 'queued' AND instance = :self
                ORDER BY created_at, id""").bind("self", self.id()).map((row, context) -> orphan(row)).stream()
                .filter(own -> !inPool.test(own.id())).limit(max - orphans.size()).forEach(orphans::add);
        return orphans;
    }

    private static Orphan orphan(ResultSet row) throws SQLException {
        return new Orphan(row.getString("id"), row.getString("edit_id"), row.getString("instance"),
                row.getString("state"));
    }

    /** Adopts a task, unless it has changed since it was read. */
    private void adopt(Handle handle, Orphan orphan, String error, Inherited inherited) {
        int adopted = handle.execute("""
                UPDATE edit_tasks SET instance = ?, state = 'running' WHERE id = ? AND instance = ? AND state = ?""",
                self.id(), orphan.id(), orphan.instance(), orphan.state());
        if (adopted > 0) {
            tasks.failUndecided(handle, orphan.id(), orphan.editId(), error);
            (ledger.hasHold(handle, orphan.editId()) ? inherited.ended() : inherited.queued()).add(orphan.id());
        }
    }
}
