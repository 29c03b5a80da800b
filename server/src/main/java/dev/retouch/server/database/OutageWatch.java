package dev.retouch.server.database;

import java.sql.SQLException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Distinguishes an outage of PostgreSQL from a slow statement, on a separate connection. A call that fails or takes long causes a probe. If
 * the probe fails too, all calls fail at once, and so do new calls, until a probe succeeds. Thread-safe.
 */
final class OutageWatch implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(OutageWatch.class);
    private static final Duration INTERVAL = Duration.ofMillis(100);
    /** Longer than almost every statement, and short beside the second within which clients learn of an outage. */
    private static final Duration SLOW = Duration.ofMillis(300);

    private final Probe probe;
    private final Set<DatabaseCall<?>> calls = ConcurrentHashMap.newKeySet();
    private final ReentrantLock probing = new ReentrantLock();
    private final Thread thread;
    private volatile @Nullable Throwable outage;
    private volatile boolean closing;

    /** Watches with this probe, and closes it. */
    OutageWatch(Probe probe) {
        this.probe = probe;
        thread = Thread.ofPlatform().daemon().name("database-watch").start(this::run);
    }

    /** Asks the database whether it is there and can write. */
    interface Probe extends AutoCloseable {
        /** Returns within about a second; throws if there is no answer until then, or the answer is no. */
        void ask() throws SQLException;

        @Override
        void close();
    }

    /** Watches a call until it ends. If there is an outage, it fails at once, and this method returns false. */
    boolean admits(DatabaseCall<?> call) {
        calls.add(call);
        Throwable now = outage;
        if (now != null) {
            call.end(now);
        }
        if (call.isDone()) {
            calls.remove(call);
            return false;
        }
        return true;
    }

    /** Forgets a call that has ended. */
    void ended(DatabaseCall<?> call) {
        call.executesOn(null);
        calls.remove(call);
    }

    /** Finds out whether a failure was an outage, which takes about a second at most. */
    void suspect(Throwable failure) {
        probing.lock();
        try {
            if (outage == null && !answers()) {
                begin(failure);
            }
        } finally {
            probing.unlock();
        }
    }

    private void run() {
        while (!closing) {
            LockSupport.parkNanos(this, INTERVAL.toNanos());
            if (outage != null || calls.stream().anyMatch(call -> call.isSlow(SLOW))) {
                look();
            }
        }
    }

    private void look() {
        probing.lock();
        try {
            Throwable before = outage;
            if (answers()) {
                if (before != null) {
                    outage = null;
                    LOG.info("database available again");
                }
            } else if (before == null) {
                begin(new SQLException("no answer", "08006"));
            }
        } finally {
            probing.unlock();
        }
    }

    private void begin(Throwable cause) {
        LOG.warn("database unavailable, calls fail until it answers calls={}", calls.size(), cause);
        outage = cause;
        calls.forEach(call -> call.end(cause));
    }

    private boolean answers() {
        try {
            probe.ask();
            return true;
        } catch (SQLException e) {
            LOG.debug("database does not answer", e);
            return false;
        }
    }

    @Override
    public void close() {
        closing = true;
        LockSupport.unpark(thread);
        probing.lock();
        try {
            probe.close();
        } finally {
            probing.unlock();
        }
    }
}
