package dev.retouch.server.database;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What one caller waits for. A call is queued until a thread begins it. A queued call whose caller has given up never begins, so it is
 * certain that it was not written. Thread-safe.
 *
 * @param <T> the type of the result
 */
final class DatabaseCall<T> {

    private static final Logger LOG = LoggerFactory.getLogger(DatabaseCall.class);

    private enum State {
        QUEUED, RUNNING, ABANDONED
    }

    private final CompletableFuture<T> result = new CompletableFuture<>();
    private final AtomicReference<State> state = new AtomicReference<>(State.QUEUED);
    private volatile long since;
    private volatile @Nullable Connection connection;

    /** Begins the call, or continues one that has begun. Returns false if its caller has given up. */
    boolean begin() {
        since = System.nanoTime();
        return state.compareAndSet(State.QUEUED, State.RUNNING) || state.get() == State.RUNNING;
    }

    /** Notes the connection that executes the call, so that an outage can end it. Null after its end. */
    void executesOn(@Nullable Connection used) {
        connection = used;
        if (used != null && result.isDone()) {
            abort(used); // there was an outage before
        }
    }

    /** Whether the call runs for longer than this time without a result. */
    boolean isSlow(Duration limit) {
        return state.get() == State.RUNNING && !result.isDone() && System.nanoTime() - since > limit.toNanos();
    }

    boolean isDone() {
        return result.isDone();
    }

    /** Ends the call with its result. */
    void complete(T value) {
        result.complete(value);
    }

    /** Ends the call with a failure, unless it has ended. */
    void fail(Throwable failure) {
        result.completeExceptionally(failure);
    }

    /** Ends the call because the database is away, and the connection that executes it. */
    void end(Throwable outage) {
        result.completeExceptionally(unavailable(outage));
        Connection used = connection;
        if (used != null) {
            abort(used);
        }
    }

    private static void abort(Connection used) {
        try {
            used.abort(Runnable::run);
        } catch (SQLException e) {
            LOG.debug("connection could not be aborted", e); // the pool replaces a broken connection in any case
        }
    }

    /** Waits for the result at most this time. Returns whether there is one, or a failure. */
    boolean endsWithin(Duration time) {
        try {
            result.get(time.toNanos(), TimeUnit.NANOSECONDS);
            return true;
        } catch (ExecutionException _) {
            return true;
        } catch (TimeoutException _) {
            return false;
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /**
     * Waits for the result.
     *
     * @throws DatabaseUnavailableException if the database failed, or there is no result after this time
     */
    T await(Duration patience) {
        try {
            return result.get(patience.toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            throw rethrown(e);
        } catch (TimeoutException e) {
            throw unavailable(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw unavailable(e);
        }
    }

    private static RuntimeException rethrown(ExecutionException e) {
        Throwable cause = e.getCause();
        if (cause instanceof Error error) {
            throw error;
        }
        if (cause instanceof DatabaseUnavailableException away) {
            return away;
        }
        if (cause instanceof RuntimeException failure && FailureKind.of(failure) == FailureKind.STATEMENT) {
            return failure;
        }
        return new DatabaseUnavailableException(cause == null ? e : cause);
    }

    /** The caller gives up. A call that has not begun never will. */
    private DatabaseUnavailableException unavailable(Throwable cause) {
        return new DatabaseUnavailableException(cause,
                !state.compareAndSet(State.QUEUED, State.ABANDONED) && state.get() == State.RUNNING);
    }
}
