package dev.retouch.server.store;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;

import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

import dev.retouch.server.store.Database.Work;

/**
 * Commits many callers' work with one flush to the disk. Whoever comes while a group is being committed is in the next one, so
 * the groups grow with the load, and a lone caller waits for nobody. Instances that share a database take turns, group by
 * group: what one writes, the next one sees, and two never wait for each other's rows.
 */
final class GroupWriter implements AutoCloseable {

    private static final int MOST = 256;

    /** Any number will do, as long as all instances have the same. */
    private static final long TURN = 0x7265746f756368L;

    /**
     * An instance that freezes in its turn loses it, so that the others need not wait until it wakes. And what is confirmed is
     * on the disk, even where the server is set up to confirm first and write later.
     */
    private static final String TAKE_TURN = """
            SELECT pg_advisory_xact_lock(?), set_config('idle_in_transaction_session_timeout', '10s', true),
                CASE WHEN current_setting('synchronous_commit') = 'off'
                    THEN set_config('synchronous_commit', 'on', true) END""";

    private final Jdbi jdbi;
    private final boolean shared;
    private final BlockingQueue<Job<?>> waiting = new LinkedBlockingQueue<>();
    private final Thread thread;
    private volatile boolean closing;

    GroupWriter(Jdbi jdbi, boolean shared) {
        this.jdbi = jdbi;
        this.shared = shared;
        thread = Thread.ofPlatform().daemon().name("database-writer").start(this::run);
    }

    /** One caller's work on its way. */
    private static final class Job<T> {

        private final Work<T> work;
        private final CompletableFuture<T> result = new CompletableFuture<>();
        private Runnable outcome = () -> {};

        Job(Work<T> work) {
            this.work = work;
        }

        void runIn(Handle handle) {
            handle.savepoint("one");
            try {
                T value = work.with(handle);
                handle.releaseSavepoint("one");
                outcome = () -> result.complete(value);
            } catch (RuntimeException | Error e) {
                if (Database.isAway(e)) {
                    throw e;
                }
                handle.rollbackToSavepoint("one");
                outcome = () -> result.completeExceptionally(e);
            }
        }

        void fail(Throwable failure) {
            result.completeExceptionally(failure);
        }
    }

    <T> CompletableFuture<T> add(Work<T> work) {
        Job<T> job = new Job<>(work);
        synchronized (waiting) { // nothing is added once the thread has been told to finish what is there
            if (closing) {
                job.fail(new DatabaseAwayException(new IllegalStateException("closed")));
            } else {
                waiting.add(job);
            }
        }
        return job.result;
    }

    private void run() {
        List<Job<?>> group = new ArrayList<>();
        while (!closing || !waiting.isEmpty()) {
            group.clear();
            try {
                group.add(waiting.take());
            } catch (InterruptedException e) {
                continue; // nobody interrupts this thread; if somebody does, what waits is still done
            }
            waiting.drainTo(group, MOST - 1);
            commit(group);
        }
    }

    private void commit(List<Job<?>> group) {
        try {
            jdbi.useTransaction(handle -> {
                if (shared) {
                    handle.execute(TAKE_TURN, TURN);
                }
                group.forEach(job -> job.runIn(handle));
            });
            group.forEach(job -> job.outcome.run());
        } catch (RuntimeException | Error e) { // whatever it is: this thread must live, and nobody must wait in vain
            DatabaseAwayException away = new DatabaseAwayException(e);
            group.forEach(job -> job.fail(away));
        }
    }

    @Override
    public void close() {
        synchronized (waiting) {
            closing = true;
            waiting.add(new Job<>(handle -> "")); // wakes the thread, if it waits
        }
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
