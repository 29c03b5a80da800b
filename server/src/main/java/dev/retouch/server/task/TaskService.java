package dev.retouch.server.task;

import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.retouch.server.contract.model.ErrorMessage;
import dev.retouch.server.database.Database.Work;
import dev.retouch.server.database.DeferredWrites;
import dev.retouch.server.edit.EditRequest;
import dev.retouch.server.error.ApiException;
import dev.retouch.server.error.ErrorRenderer;
import dev.retouch.server.error.ReplayedErrorException;
import dev.retouch.server.exchange.CanceledException;
import dev.retouch.server.exchange.Cancellation.Reason;
import dev.retouch.server.exchange.Exchange;
import dev.retouch.server.idempotency.IdempotencyKey;
import dev.retouch.server.idempotency.IdempotencyRepository;
import dev.retouch.server.key.ApiPrincipal;
import dev.retouch.server.task.Task.Ending;

/**
 * Submits, runs, cancels and adopts tasks, on a bounded number of threads. Closing it drains running tasks for the
 * grace period and then cancels them; queued tasks are run by another instance or after a restart.
 */
public final class TaskService implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(TaskService.class);
    /** The time that tasks have to write their end after they were canceled. */
    private static final Duration CANCEL_GRACE = Duration.ofSeconds(2);

    private final TaskRepository tasks;
    private final OrphanedTasks orphans;
    private final TaskFiles files;
    private final TaskRunner runner;
    private final IdempotencyRepository claims;
    private final DeferredWrites deferredWrites;
    private final ErrorRenderer renderer;
    private final Settings settings;
    private final TaskWorkerPool workers;
    private final RunningTasks running = new RunningTasks();
    private final TaskSubmissions submissions;

    /** Creates the service for the tasks in this repository. */
    public TaskService(TaskRepository tasks, TaskFiles files, TaskRunner runner, IdempotencyRepository claims,
            DeferredWrites deferredWrites,
            ErrorRenderer renderer, Settings settings) {
        this.tasks = tasks;
        this.orphans = tasks.orphans();
        this.files = files;
        this.runner = runner;
        this.claims = claims;
        this.deferredWrites = deferredWrites;
        this.renderer = renderer;
        this.settings = settings;
        this.workers = new TaskWorkerPool(settings.atOnce(), settings.waiting(), this::run);
        this.submissions = new TaskSubmissions(tasks, files, claims, deferredWrites, settings, workers, running);
    }

    /**
     * Limits of the service.
     *
     * @param atOnce the maximum number of running tasks
     * @param waiting the maximum number of queued tasks
     * @param firstLook how long a submission waits for an early refusal before the task is announced
     * @param grace how long running tasks may continue after {@link #close}
     */
    public record Settings(int atOnce, int waiting, Duration firstLook, Duration grace) {}

    /**
     * The result of a submission.
     *
     * @param task the current task
     * @param replayed whether the task was created by an earlier request with the same idempotency key
     */
    public record Submitted(Task task, boolean replayed) {}

    /**
     * Creates a task for an edit, or returns the task of an earlier request with the same idempotency key.
     *
     * @param exchange the exchange of the request; the task continues after its end
     * @param wait how long to wait for the end of the task
     * @throws ReplayedErrorException if the edit is refused early; then no task is created
     */
    public Submitted submit(EditRequest request, ApiPrincipal principal, Exchange exchange, URI linkBase,
            Optional<IdempotencyKey> key, Optional<Duration> wait) {
        return submissions.submit(request, principal, exchange, linkBase, key, wait);
    }

    /** A task of the principal's root key. */
    public Task find(String id, ApiPrincipal principal) {
        return tasks.get(id, principal.key().rootKeyId());
    }

    /**
     * Cancels a task, or removes a task that has ended.
     *
     * @return the current task; empty if it was removed
     */
    public Optional<Task> cancel(String id, ApiPrincipal principal) {
        Task before = tasks.cancel(id, principal.key().rootKeyId());
        if (before.state().isOver()) {
            return Optional.empty();
        }
        running.cancel(id, Reason.CANCELED);
        return Optional.of(find(id, principal));
    }

    /**
     * Cancels a task of any key, for an administrator.
     *
     * @return false if the task has ended, or does not exist
     */
    public boolean cancel(String id) {
        boolean canceled = tasks.cancel(id);
        if (canceled) {
            running.cancel(id, Reason.CANCELED);
        }
        return canceled;
    }

    private void run(String id) {
        Optional<ReplayedErrorException> refusal = Optional.empty();
        try {
            Optional<TaskSpec> order = tasks.begin(id);
            if (order.isPresent()) {
                refusal = run(order.get());
            }
            if (!tasks.needsImages(id)) {
                files.remove(id);
            }
        } catch (RuntimeException e) {
            LOG.warn("task failed unexpectedly task={}", id, e);
        } finally {
            submissions.ended(id, refusal);
        }
    }

    private Optional<ReplayedErrorException> run(TaskSpec order) {
        Exchange exchange = new Exchange(order.editId(), System.nanoTime());
        TaskEdit edit = new TaskEdit(tasks, order.id());
        exchange.runFor(edit);
        running.add(order.id(), exchange);
        try (exchange; var _ = exchange.logged()) {
            TaskRunner.Ended ended = runner.run(order, exchange);
            end(order, ended, edit);
        } catch (CanceledException e) {
            cutOff(order);
        } catch (RuntimeException e) {
            return failed(order, e);
        } catch (Error e) { // such as OutOfMemoryError: the task must not stay in the state running
            LOG.error("task failed task={}", order.id(), e);
            return failed(order, new IllegalStateException("the task failed", e));
        } finally {
            running.remove(order.id());
        }
        return Optional.empty();
    }

    /**
     * Handles an edit refused before its dispatch: its idempotency key is released, and a task whose id no client has received is
     * removed.
     */
    private Optional<ReplayedErrorException> failed(TaskSpec order, RuntimeException failure) {
        ReplayedErrorException error = renderer.render(failure, order.editId());
        boolean refused = failure instanceof ApiException known && !known.mayHaveRun();
        boolean withdrawn = refused && submissions.withdraw(order.id());
        if (!withdrawn && isStoreUnavailable(failure)) {
            LOG.info("task waits for the object store task={}", order.id());
            cutOff(order);
            return Optional.empty();
        }
        deferredWrites.write("fail task=" + order.id(), handle -> {
            claims.lockTask(handle, order.id());
            boolean ended = (withdrawn && tasks.remove(handle, order.id()))
                    || tasks.end(handle, order.id(), TaskState.FAILED, Ending.failed(error.body()), 0);
            if (refused && ended) { // otherwise another instance runs the task, and needs its key
                claims.freeTask(handle, order.id());
            }
            return ended;
        });
        return withdrawn ? Optional.of(error) : Optional.empty();
    }

    /** Whether an edit was not dispatched because the store was unavailable. It is queued again, and adopted a moment later. */
    private static boolean isStoreUnavailable(RuntimeException failure) {
        return failure instanceof ApiException known && known.message() == ErrorMessage.OBJECT_STORE_IS_UNAVAILABLE;
    }

    private void end(TaskSpec order, TaskRunner.Ended ended, TaskEdit edit) {
        Work<Boolean> end = handle -> tasks.end(handle, order.id(), ended.state(), ended.ending(), ended.images());
        if (!edit.chargeWith(end)) {
            deferredWrites.writeStatement("end task=" + order.id(), end);
        }
        LOG.info("task ended task={} state={} request={}", order.id(), ended.state().word(), order.editId());
    }

    private void cutOff(TaskSpec order) {
        deferredWrites.write("mark undecided task=" + order.id(),
                handle -> tasks.failUndecided(handle, order.id(), order.editId(), cutOffError()));
    }

    private String cutOffError() {
        return renderer.render(new ApiException(ErrorMessage.TASK_WAS_CUT_OFF), "").body();
    }

    /** Cancels the running tasks that were canceled through any instance. A background job calls it twice a second. */
    public void endCanceled() {
        Set<String> ids = running.ids();
        if (!ids.isEmpty()) {
            tasks.findLost(ids).forEach(id -> running.cancel(id, Reason.CANCELED));
        }
    }

    /** Adopts tasks of dead instances. A background job calls it every few seconds. */
    public void inherit() {
        int capacity = workers.remainingCapacity();
        if (capacity == 0) {
            return;
        }
        OrphanedTasks.Inherited inherited = orphans.adopt(capacity,
                id -> workers.contains(id) || submissions.isUncertain(id), cutOffError());
        inherited.ended().forEach(id -> {
            LOG.warn("task outcome unknown task={} reason=instance-dead", id);
            files.remove(id);
        });
        inherited.queued().stream().filter(id -> workers.tryReserve(id, id)).forEach(id -> {
            LOG.info("task adopted task={}", id);
            workers.submit(id);
        });
    }

    /** Removes expired tasks. A background job calls it periodically. */
    public void removeExpired() {
        tasks.removeExpired();
        files.removeForgotten(tasks::findUnended);
    }

    /** Stops starting tasks, drains running tasks for the grace period, then cancels them. */
    @Override
    public void close() {
        workers.stopAccepting();
        if (!workers.awaitIdle(settings.grace())) {
            running.cancelAll(Reason.STOPPING);
            if (!workers.awaitIdle(CANCEL_GRACE)) {
                LOG.warn("tasks still running at shutdown count={}", running.ids().size());
            }
        }
    }
}
