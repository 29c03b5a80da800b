package dev.retouch.server.database;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.transaction.TransactionIsolationLevel;

import dev.retouch.server.database.Database.Work;

/** Executes work that only reads: on a few threads; reports on others, so that they do not delay it; and on one for work on a snapshot. */
final class DatabaseReader implements AutoCloseable {

    private static final int THREADS = 4;
    private static final int REPORTERS = 2;
    private static final int MAX_WAITING_REPORTS = 100;

    /** The number of connections that read at the same time. */
    static final int CONNECTIONS = THREADS + REPORTERS + 1;

    private static final Duration SNAPSHOT_TIMEOUT = Duration.ofHours(1);

    private final Jdbi jdbi;
    private final Optional<OutageWatch> watch;
    private final ExecutorService readers = Executors.newFixedThreadPool(THREADS,
            Thread.ofPlatform().daemon().name("database-reader-", 0).factory());
    private final ExecutorService reporters = new ThreadPoolExecutor(REPORTERS, REPORTERS, 0, TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(MAX_WAITING_REPORTS),
            Thread.ofPlatform().daemon().name("database-reporter-", 0).factory());
    private final ExecutorService snapshotReader = Executors
            .newSingleThreadExecutor(Thread.ofPlatform().daemon().name("database-snapshot-reader").factory());

    /**
     * Reads with these connections.
     *
     * @param watch detects outages; empty for SQLite
     */
    DatabaseReader(Jdbi jdbi, Optional<OutageWatch> watch) {
        this.jdbi = jdbi;
        this.watch = watch;
    }

    <T> T read(Work<T> work, Duration timeout) {
        return read(readers, work, timeout);
    }

    <T> T report(Work<T> work, Duration timeout) {
        return read(reporters, work, timeout);
    }

    private <T> T read(ExecutorService threads, Work<T> work, Duration timeout) {
        DatabaseCall<T> call = new DatabaseCall<>();
        if (watch.isEmpty() || watch.get().admits(call)) {
            execute(threads, () -> read(call, work), call);
        }
        return call.await(timeout);
    }

    private <T> void read(DatabaseCall<T> call, Work<T> work) {
        try {
            if (call.begin()) {
                call.complete(jdbi.withHandle(handle -> {
                    call.executesOn(handle.getConnection());
                    return work.with(handle);
                }));
            }
        } catch (RuntimeException | Error e) { // every caller must get a result
            if (FailureKind.of(e) == FailureKind.AWAY) {
                watch.ifPresent(server -> server.suspect(e));
            }
            call.fail(e);
        } finally {
            watch.ifPresent(server -> server.ended(call));
        }
    }

    <T> T readSnapshot(Work<T> work) {
        return maintain(handle -> atOneMoment(handle, work));
    }

    /** Executes work that may last an hour, outside of a transaction. Runs one at a time. */
    <T> T maintain(Work<T> work) {
        DatabaseCall<T> call = new DatabaseCall<>();
        execute(snapshotReader, () -> {
            try {
                call.complete(jdbi.withHandle(work::with));
            } catch (RuntimeException | Error e) { // every caller must get a result
                call.fail(e);
            }
        }, call);
        return call.await(SNAPSHOT_TIMEOUT);
    }

    private <T> T atOneMoment(Handle handle, Work<T> work) {
        if (watch.isPresent()) {
            return handle.inTransaction(TransactionIsolationLevel.REPEATABLE_READ, work::with);
        }
        handle.execute("BEGIN DEFERRED"); // the driver's own transaction mode would block writers
        try {
            return work.with(handle);
        } finally {
            handle.execute("ROLLBACK");
        }
    }

    private void execute(ExecutorService threads, Runnable task, DatabaseCall<?> call) {
        try {
            threads.execute(task);
        } catch (RejectedExecutionException e) {
            call.fail(new DatabaseUnavailableException(e, false));
            watch.ifPresent(server -> server.ended(call));
        }
    }

    @Override
    public void close() {
        readers.shutdown();
        reporters.shutdown();
        snapshotReader.shutdown();
    }
}
