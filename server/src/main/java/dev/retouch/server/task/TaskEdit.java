package dev.retouch.server.task;

import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;

import org.jspecify.annotations.Nullable;

import dev.retouch.server.database.Database.Work;
import dev.retouch.server.exchange.CanceledException;
import dev.retouch.server.exchange.Cancellation.Reason;
import dev.retouch.server.exchange.DurableEdit;
import dev.retouch.server.exchange.PendingCharge;

/**
 * The edit of a task. It is charged in the transaction that ends the task. If the task was canceled, or another instance has adopted
 * it, the edit is canceled here.
 */
final class TaskEdit implements DurableEdit {

    private final TaskRepository tasks;
    private final String id;
    private final AtomicReference<@Nullable PendingCharge> charge = new AtomicReference<>();

    TaskEdit(TaskRepository tasks, String id) {
        this.tasks = tasks;
        this.id = id;
    }

    @Override
    public Dispatch dispatch() {
        return new Mark(handle -> tasks.dispatch(handle, id));
    }

    @Override
    public RuntimeException lost() {
        return new CanceledException(Reason.CANCELED);
    }

    @Override
    public void charge(PendingCharge pending) {
        charge.set(pending);
    }

    @Override
    public void written(Map<String, String> trailers) {
        // the result is stored when all of it was read
    }

    /** Writes the charge together with the end of the task; returns false if there is no charge to write. */
    boolean chargeWith(Work<?> end) {
        PendingCharge pending = charge.getAndSet(null);
        if (pending == null) {
            return false;
        }
        pending.write(end);
        return true;
    }
}
