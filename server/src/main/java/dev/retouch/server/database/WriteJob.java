package dev.retouch.server.database;

import org.jdbi.v3.core.Handle;

import dev.retouch.server.database.Database.Work;

/**
 * The queued work of one caller. {@link #run} may be called several times, in different transactions; the caller learns the result of
 * the last call, when {@link #complete} is called after the commit.
 *
 * @param <T> the type of the result
 */
sealed class WriteJob<T> permits ItemJob {

    private final Work<T> work;
    private final DatabaseCall<T> call = new DatabaseCall<>();
    private Runnable outcome = () -> {};

    WriteJob(Work<T> work) {
        this.work = work;
    }

    /** What the caller waits for. */
    DatabaseCall<T> call() {
        return call;
    }

    /** Runs the work. Its exceptions are thrown. */
    void run(Handle handle) {
        succeed(work.with(handle));
    }

    /** Records the result of the work. */
    final void succeed(T value) {
        outcome = () -> call.complete(value);
    }

    /** Records the failure of the work: nothing of it is written, and the rest of the group is committed. */
    void reject(Throwable failure) {
        outcome = () -> call.fail(failure);
    }

    /** Completes the result with the outcome, after the commit. */
    void complete() {
        outcome.run();
    }

    /** Completes the result with a failed commit, unless an earlier commit wrote the work. */
    void fail(Throwable failure) {
        call.fail(failure);
    }
}
