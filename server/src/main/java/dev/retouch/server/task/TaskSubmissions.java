package dev.retouch.server.task;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.retouch.server.contract.model.ErrorMessage;
import dev.retouch.server.database.DatabaseUnavailableException;
import dev.retouch.server.database.DeferredWrites;
import dev.retouch.server.edit.EditRequest;
import dev.retouch.server.error.ApiException;
import dev.retouch.server.error.ReplayedErrorException;
import dev.retouch.server.exchange.CanceledException;
import dev.retouch.server.exchange.Cancellation.Reason;
import dev.retouch.server.exchange.Exchange;
import dev.retouch.server.idempotency.Fingerprint;
import dev.retouch.server.idempotency.IdempotencyKey;
import dev.retouch.server.idempotency.IdempotencyRepository;
import dev.retouch.server.key.ApiPrincipal;
import dev.retouch.server.storage.StorageException;
import dev.retouch.server.task.TaskService.Submitted;

/**
 * Enters tasks, and waits whether their edits are refused early. A task whose submission fails is removed again, unless another client
 * has received its id: a repeated submission with the same idempotency key. Thread-safe.
 */
final class TaskSubmissions {

    private static final Logger LOG = LoggerFactory.getLogger(TaskSubmissions.class);
    private static final Duration QUEUE_FULL = Duration.ofSeconds(5);

    private final TaskRepository tasks;
    private final TaskFiles files;
    private final IdempotencyRepository claims;
    private final DeferredWrites deferredWrites;
    private final TaskService.Settings settings;
    private final TaskWorkerPool workers;
    private final RunningTasks running;
    private final Map<String, PendingSubmission> unannounced = new ConcurrentHashMap<>();
    /** Tasks of which it is unknown whether they were entered, until they are removed or kept. */
    private final Set<String> uncertain = ConcurrentHashMap.newKeySet();

    TaskSubmissions(TaskRepository tasks, TaskFiles files, IdempotencyRepository claims, DeferredWrites deferredWrites,
            TaskService.Settings settings, TaskWorkerPool workers, RunningTasks running) {
        this.tasks = tasks;
        this.files = files;
        this.claims = claims;
        this.deferredWrites = deferredWrites;
        this.settings = settings;
        this.workers = workers;
        this.running = running;
    }

    /** See {@link TaskService#submit}. */
    Submitted submit(EditRequest request, ApiPrincipal principal, Exchange exchange, URI linkBase,
            Optional<IdempotencyKey> key, Optional<Duration> wait) {
        String id = "task_" + UUID.randomUUID().toString().replace("-", "");
        String account = principal.key().rootKeyId();
        PendingSubmission announcement = new PendingSubmission();
        unannounced.put(id, announcement);
        try {
            Optional<String> other = enter(id, request, principal, exchange, linkBase, key);
            exchange.record().submitted();
            if (other.isPresent()) {
                return new Submitted(tasks.get(other.get(), account), true);
            }
            await(announcement, id, exchange, key,
                    wait.filter(time -> time.compareTo(settings.firstLook()) > 0).orElse(settings.firstLook()));
            return new Submitted(announced(id, account, asked(request)), false);
        } finally {
            unannounced.remove(id);
        }
    }

    /** Withdraws a task whose client has not received its id yet; returns whether that succeeded. */
    boolean withdraw(String id) {
        PendingSubmission announcement = unannounced.get(id);
        return announcement != null && announcement.withdraw();
    }

    /** Notes that a task has ended, with the refusal if it was withdrawn. */
    void ended(String id, Optional<ReplayedErrorException> refusal) {
        PendingSubmission announcement = unannounced.get(id);
        if (announcement != null) {
            announcement.ended(refusal);
        }
    }

    /** Whether a task may have been entered, although its submission failed. It must not run before that is decided. */
    boolean isUncertain(String id) {
        return uncertain.contains(id);
    }

    private Optional<String> enter(String id, EditRequest request, ApiPrincipal principal, Exchange exchange,
            URI linkBase, Optional<IdempotencyKey> key) {
        String account = principal.key().rootKeyId();
        String fingerprint = key.isPresent() ? Fingerprint.ofTask(request) : "";
        files.require(account);
        admit(id, account);
        boolean entered = false;
        try {
            TaskSpec order = new TaskSpec(id, account, principal.key().id(), exchange.id(),
                    save(id, account, request, exchange), linkBase, asked(request));
            Optional<String> other = insert(order, key, fingerprint);
            entered = other.isEmpty();
            if (entered) {
                workers.submit(id);
            }
            return other;
        } finally {
            if (!entered) {
                workers.unreserve(id);
            }
        }
    }

    private String save(String id, String account, EditRequest request, Exchange exchange) {
        try {
            return files.save(id, account, request, exchange.record().trace().upstreamHeaders());
        } catch (IOException e) {
            if (!StorageException.isIn(e)) { // otherwise the store cannot be reached
                files.remove(id);
            }
            throw new UncheckedIOException(e);
        } catch (RuntimeException e) {
            files.remove(id);
            throw e;
        }
    }

    /** Inserts the row of a task, whose images are stored. Unless it may have been inserted, the images are removed. */
    private Optional<String> insert(TaskSpec order, Optional<IdempotencyKey> key, String fingerprint) {
        boolean needsImages = false;
        try {
            Optional<String> other = tasks.enter(order, handle -> key.flatMap(
                    name -> claims.takeForTask(handle, name, fingerprint, order.editId(), order.id())));
            needsImages = other.isEmpty();
            return other;
        } catch (DatabaseUnavailableException e) {
            needsImages = e.mayBeWritten();
            if (needsImages) {
                removeUncertain(order);
            }
            throw e;
        } finally {
            if (!needsImages) {
                files.remove(order.id());
            }
        }
    }

    /**
     * Removes a task of which it is unknown whether it was entered, as soon as the database is available. Meanwhile a repeated submission
     * may receive its id; then it stays, and runs.
     */
    private void removeUncertain(TaskSpec order) {
        String id = order.id();
        AtomicBoolean removed = new AtomicBoolean();
        uncertain.add(id);
        deferredWrites.write("remove task=" + id, handle -> {
            claims.lockTask(handle, id);
            removed.set(tasks.removeUncertain(handle, order));
            if (removed.get()) {
                claims.freeTask(handle, id);
            }
            return removed.get();
        }, () -> {
            uncertain.remove(id);
            if (removed.get()) {
                files.remove(id);
            }
        });
    }

    private void admit(String id, String account) {
        if (!workers.tryReserve(id, account)) {
            throw new ApiException(ErrorMessage.QUEUE_IS_FULL).withArgument("limit", settings.atOnce())
                    .withArgument("scope", "this gateway").withArgument("seconds", QUEUE_FULL.toSeconds())
                    .retryAfter(QUEUE_FULL);
        }
    }

    /** Waits for an early end. A client that disconnects meanwhile cannot learn the id, so a task without a key is withdrawn. */
    private void await(PendingSubmission announcement, String id, Exchange exchange, Optional<IdempotencyKey> key,
            Duration maxWait) {
        try {
            announcement.await(exchange.cancellation(), maxWait);
        } catch (CanceledException e) {
            if (e.reason() == Reason.CLIENT_GONE && key.isEmpty()) {
                LOG.info("task withdrawn task={} reason=client-gone", id);
                deferredWrites.writeStatement("withdraw task=" + id, handle -> tasks.remove(handle, id));
                running.cancel(id, Reason.CLIENT_GONE);
            }
            throw e;
        }
    }

    /** The current task. If the database is unavailable, the task as it was entered: its edit runs, so the client must get its id. */
    private Task announced(String id, String account, int asked) {
        try {
            return tasks.get(id, account);
        } catch (DatabaseUnavailableException e) {
            LOG.info("task announced although the database cannot be read task={}", id);
            return tasks.entered(id, account, asked);
        }
    }

    private static int asked(EditRequest request) {
        String count = request.parameters().getOrDefault("n", "1").strip();
        return count.matches("\\d{1,2}") ? Integer.parseInt(count) : 1;
    }
}
