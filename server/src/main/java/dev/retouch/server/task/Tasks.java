package dev.retouch.server.task;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

import org.jdbi.v3.core.Handle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.retouch.server.contract.model.ErrorMessage;
import dev.retouch.server.edit.EditRequest;
import dev.retouch.server.error.ApiException;
import dev.retouch.server.error.FailureTeller;
import dev.retouch.server.error.RepeatedErrorException;
import dev.retouch.server.idempotency.Claims;
import dev.retouch.server.idempotency.Fingerprint;
import dev.retouch.server.idempotency.IdempotencyKey;
import dev.retouch.server.intake.CanceledException;
import dev.retouch.server.intake.Cancellation.Reason;
import dev.retouch.server.intake.Exchange;
import dev.retouch.server.key.Caller;
import dev.retouch.server.store.DatabaseAwayException;
import dev.retouch.server.store.LateWrites;
import dev.retouch.server.task.Task.Ending;

/** Tasks from the request that asks for one to its end, on a bounded number of threads. */
public final class Tasks implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Tasks.class);
    /** For what is left to do once a task was told to end. */
    private static final Duration LAST_WORDS = Duration.ofSeconds(2);
    private static final Duration QUEUE_FULL = Duration.ofSeconds(5);

    private final TaskTable table;
    private final TaskFiles files;
    private final TaskRunner runner;
    private final Claims claims;
    private final LateWrites late;
    private final FailureTeller teller;
    private final Settings settings;
    private final Hands hands;
    private final Map<String, Exchange> running = new ConcurrentHashMap<>();
    private final Map<String, Announcement> unannounced = new ConcurrentHashMap<>();

    /** Tasks that are kept here, run by this runner. */
    public Tasks(TaskTable table, TaskFiles files, TaskRunner runner, Claims claims, LateWrites late,
            FailureTeller teller, Settings settings) {
        this.table = table;
        this.files = files;
        this.runner = runner;
        this.claims = claims;
        this.late = late;
        this.teller = teller;
        this.settings = settings;
        this.hands = new Hands(settings.atOnce(), settings.waiting(), this::run);
    }

    /**
     * How much at a time, and how patient.
     *
     * @param atOnce how many tasks run
     * @param waiting how many wait for that
     * @param firstLook how long to wait for a refusal before a task is announced
     * @param grace how long tasks may go on after {@link #close}
     */
    public record Settings(int atOnce, int waiting, Duration firstLook, Duration grace) {}

    /**
     * What a request for a task has led to.
     *
     * @param task as it is now
     * @param replayed whether an earlier request with the same key has led to it
     */
    public record Submitted(Task task, boolean replayed) {}

    /**
     * Makes a task of an edit, or finds the one that has been made for the same key.
     *
     * @param exchange of the request, which the task outlives
     * @param wait how long to wait for its end, if at all
     * @throws RepeatedErrorException where it is refused at once, and is no task then
     */
    public Submitted submit(EditRequest request, Caller caller, Exchange exchange, URI linkBase,
            Optional<IdempotencyKey> key, Optional<Duration> wait) {
        String id = "task_" + UUID.randomUUID().toString().replace("-", "");
        Announcement announcement = new Announcement();
        unannounced.put(id, announcement);
        try {
            Optional<String> other = enter(id, request, caller, exchange.id(), linkBase, key);
            if (other.isPresent()) {
                return new Submitted(find(other.get(), caller), true);
            }
            announcement.await(exchange.cancellation(), wait.filter(time -> time.compareTo(settings.firstLook()) > 0)
                    .orElse(settings.firstLook()));
            return new Submitted(find(id, caller), false);
        } finally {
            unannounced.remove(id);
        }
    }

    /** A task of the caller's account. */
    public Task find(String id, Caller caller) {
        return table.find(id, caller.key().account())
                .orElseThrow(() -> new ApiException(ErrorMessage.TASK_DOES_NOT_EXIST).with("id", id));
    }

    /**
     * Cancels a task, or removes one that has ended.
     *
     * @return the task as it is now, or nothing where it was removed
     */
    public Optional<Task> cancel(String id, Caller caller) {
        Task before = table.cancel(id, caller.key().account())
                .orElseThrow(() -> new ApiException(ErrorMessage.TASK_DOES_NOT_EXIST).with("id", id));
        if (before.state().isOver()) {
            return Optional.empty();
        }
        end(id);
        return Optional.of(find(id, caller));
    }

    private Optional<String> enter(String id, EditRequest request, Caller caller, String editId, URI linkBase,
            Optional<IdempotencyKey> key) {
        String fingerprint = key.isPresent() ? Fingerprint.ofTask(request) : "";
        admit(id);
        boolean entered = false;
        try {
            TaskOrder order = new TaskOrder(id, caller.key().account(), caller.key().id(), editId,
                    files.save(id, request), linkBase, asked(request));
            Optional<String> other = table.enter(order, handle -> key
                    .flatMap(name -> claims.takeForTask(handle, name, fingerprint, editId, id)));
            entered = other.isEmpty();
            if (entered) {
                hands.begin(id);
            }
            return other;
        } catch (DatabaseAwayException e) {
            // it may have been written all the same, and nobody is told of it
            late.write("removal of task=" + id, handle -> withdraw(handle, id));
            throw e;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            if (!entered) {
                hands.dismiss(id);
                files.remove(id);
            }
        }
    }

    private boolean withdraw(Handle handle, String id) {
        claims.freeTask(handle, id);
        return table.remove(handle, id);
    }

    private void admit(String id) {
        if (!hands.admit(id)) {
            throw new ApiException(ErrorMessage.QUEUE_IS_FULL).with("limit", settings.atOnce())
                    .with("scope", "this gateway").with("seconds", QUEUE_FULL.toSeconds()).retryAfter(QUEUE_FULL);
        }
    }

    private static int asked(EditRequest request) {
        String count = request.parameters().getOrDefault("n", "1").strip();
        return count.matches("\\d{1,2}") ? Integer.parseInt(count) : 1;
    }

    private void run(String id) {
        Optional<RepeatedErrorException> refusal = Optional.empty();
        try {
            Optional<TaskOrder> order = table.begin(id);
            if (order.isPresent()) {
                refusal = run(order.get());
            }
            if (!table.needsImages(id)) {
                files.remove(id);
            }
        } catch (RuntimeException e) {
            LOG.warn("a task could not be begun or ended task={}", id, e);
        } finally {
            Announcement announcement = unannounced.get(id);
            if (announcement != null) {
                announcement.ended(refusal);
            }
        }
    }

    private Optional<RepeatedErrorException> run(TaskOrder order) {
        Exchange exchange = new Exchange(order.editId(), System.nanoTime());
        running.put(order.id(), exchange);
        try (exchange; var _ = exchange.logged()) {
            TaskRunner.Ended ended = runner.run(order, exchange);
            end(order, ended.state(), ended.ending(), ended.images());
        } catch (CanceledException e) {
            cutOff(order);
        } catch (RuntimeException e) {
            return failed(order, e);
        } finally {
            running.remove(order.id());
        }
        return Optional.empty();
    }

    /** An edit that was refused before it was sent frees its key; where nobody was told of the task, there was none. */
    private Optional<RepeatedErrorException> failed(TaskOrder order, RuntimeException failure) {
        RepeatedErrorException told = teller.told(failure, order.editId());
        boolean refused = failure instanceof ApiException known && !known.mayHaveRun();
        Announcement announcement = unannounced.get(order.id());
        boolean withdrawn = refused && announcement != null && announcement.withdraw();
        late.write("failure of task=" + order.id(), handle -> {
            if (refused) {
                claims.freeTask(handle, order.id());
            }
            return withdrawn
                    ? table.remove(handle, order.id())
                    : table.end(handle, order.id(), TaskState.FAILED, Ending.failed(told.body()), 0);
        });
        return withdrawn ? Optional.of(told) : Optional.empty();
    }

    private void end(TaskOrder order, TaskState state, Ending ending, int images) {
        late.write("end of task=" + order.id(), handle -> table.end(handle, order.id(), state, ending, images));
        LOG.info("task ended task={} state={} request={}", order.id(), state.word(), order.editId());
    }

    private void cutOff(TaskOrder order) {
        late.write("cut off task=" + order.id(),
                handle -> table.cutOff(handle, order.id(), order.editId(), cutOffError()));
    }

    private String cutOffError() {
        return teller.told(new ApiException(ErrorMessage.TASK_WAS_CUT_OFF), "").body();
    }

    private void end(String id) {
        Exchange exchange = running.get(id);
        if (exchange != null) {
            exchange.cancellation().cancel(Reason.CANCELED);
        }
    }

    /** Ends what was canceled elsewhere. Whoever keeps house calls it twice a second. */
    public void endCanceled() {
        if (!running.isEmpty()) {
            table.lost(List.copyOf(running.keySet())).forEach(this::end);
        }
    }

    /** Takes over what dead instances have left. Whoever keeps house calls it every few seconds. */
    public void inherit() {
        int most = hands.free();
        if (most == 0) {
            return;
        }
        TaskTable.Inherited inherited = table.inherit(most, hands::has, cutOffError());
        inherited.ended().forEach(id -> {
            LOG.warn("task cut off task={} reason=its instance is gone", id);
            files.remove(id);
        });
        inherited.queued().stream().filter(hands::admit).forEach(id -> {
            LOG.info("task taken over task={}", id);
            hands.begin(id);
        });
    }

    /** Forgets what has expired. Whoever keeps house calls it every now and then. */
    public void removeExpired() {
        table.removeExpired();
        files.removeForgotten(table::needsImages);
    }

    /** Begins no more, lets running tasks go on for the time of grace, then ends them. What never began is begun later, or elsewhere. */
    @Override
    public void close() {
        hands.rest();
        if (!hands.areDone(settings.grace())) {
            running.values().forEach(exchange -> exchange.cancellation().cancel(Reason.STOPPING));
            if (!hands.areDone(LAST_WORDS)) {
                LOG.warn("tasks are left behind count={}", running.size());
            }
        }
    }
}
