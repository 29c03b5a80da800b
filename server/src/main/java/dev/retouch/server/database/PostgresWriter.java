package dev.retouch.server.database;

import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;

import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.retouch.server.database.Database.Work;

/**
 * Writes PostgreSQL on a few threads, each with its own connection. Writers wait for each other only at the rows that both change. Work
 * that meets a deadlock or a serialization failure is repeated. Work whose caller has given up is dropped before it begins.
 */
final class PostgresWriter implements Writer {

    /** The number of connections that write at the same time. */
    static final int THREADS = 6;

    private static final Logger LOG = LoggerFactory.getLogger(PostgresWriter.class);
    private static final int MAX_ATTEMPTS = 8;
    private static final long CLOSE_SECONDS = 15;

    private final Jdbi jdbi;
    private final OutageWatch watch;
    private final ThreadPoolExecutor threads = new ThreadPoolExecutor(THREADS, THREADS, 0, TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(), Thread.ofPlatform().daemon().name("database-writer-", 0).factory());

    PostgresWriter(Jdbi jdbi, OutageWatch watch) {
        this.jdbi = jdbi;
        this.watch = watch;
    }

    @Override
    public <T> DatabaseCall<T> add(Work<T> work) {
        return add(work, true);
    }

    @Override
    public <T> DatabaseCall<T> addStatement(Work<T> work) {
        return add(work, false);
    }

    @Override
    public <I, O> GroupedWrites<I, O> grouped(GroupStatement<I, O> statement, Function<I, ?> identity, int lanes) {
        return new StatementGroups<>(this, watch, statement, identity, lanes);
    }

    @Override
    public int queued() {
        return threads.getQueue().size();
    }

    private <T> DatabaseCall<T> add(Work<T> work, boolean transaction) {
        DatabaseCall<T> call = new DatabaseCall<>();
        if (watch.admits(call) && !execute(() -> run(call, work, transaction))) {
            reject(call);
        }
        return call;
    }

    /** Runs a task on one of the threads. Returns false if the writer is closed. */
    boolean execute(Runnable task) {
        try {
            threads.execute(task);
            return true;
        } catch (RejectedExecutionException e) {
            LOG.debug("write after the writer was closed", e);
            return false;
        }
    }

    /** Fails a call that came too late. */
    void reject(DatabaseCall<?> call) {
        call.fail(new DatabaseUnavailableException(new IllegalStateException("closed"), false));
        watch.ended(call);
    }

    private <T> void run(DatabaseCall<T> call, Work<T> work, boolean transaction) {
        try {
            if (call.begin()) {
                call.complete(write(List.of(call), work, transaction));
            }
        } catch (RuntimeException | Error e) { // every caller must get a result, and the thread must survive
            call.fail(e);
        } finally {
            watch.ended(call);
        }
    }

    /**
     * Executes work for these calls, again if another transaction was first.
     *
     * @param transaction whether the work has several statements
     * @throws DatabaseUnavailableException if the database failed
     */
    <T> T write(List<? extends DatabaseCall<?>> calls, Work<T> work, boolean transaction) {
        for (int attempt = 1;; attempt++) {
            try (Handle handle = jdbi.open()) {
                calls.forEach(call -> call.executesOn(handle.getConnection()));
                return transaction ? handle.inTransaction(work::with) : work.with(handle);
            } catch (RuntimeException | Error e) {
                FailureKind kind = FailureKind.of(e);
                if (kind == FailureKind.STATEMENT) {
                    throw e;
                }
                if (kind == FailureKind.AWAY || attempt == MAX_ATTEMPTS) {
                    watch.suspect(e);
                    throw new DatabaseUnavailableException(e);
                }
                LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(1_000_000L << attempt));
            }
        }
    }

    /** Finishes queued work. */
    @Override
    public void close() {
        threads.shutdown();
        boolean interrupted = Thread.interrupted();
        try {
            if (!threads.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
                threads.shutdownNow();
            }
        } catch (InterruptedException e) {
            interrupted = true;
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
