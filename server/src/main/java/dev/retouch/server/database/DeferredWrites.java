package dev.retouch.server.database;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.ReentrantLock;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.retouch.server.database.Database.Work;

/**
 * Writes that may be delayed: if the database is unavailable, they wait in memory and are retried in order. The work
 * must be idempotent. Queued writes are lost with the process, so another mechanism must detect them. Thread-safe.
 */
public final class DeferredWrites implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(DeferredWrites.class);

    /** As many works as one commit takes. */
    private static final int GROUP = 256;

    private final Database database;
    private final Queue<Deferred> waiting = new ConcurrentLinkedQueue<>();
    private final ReentrantLock retrying = new ReentrantLock();

    /** Writes to this database. */
    public DeferredWrites(Database database) {
        this.database = database;
    }

    private record Deferred(String description, Work<?> work, boolean isStatement, Runnable afterwards) {}

    /**
     * Writes now, or queues the work if the database is unavailable.
     *
     * @param description the text for the log
     */
    public void write(String description, Work<?> work) {
        write(description, work, () -> {});
    }

    /**
     * Writes now, or queues the work if the database is unavailable.
     *
     * @param description the text for the log
     * @param afterwards runs once the work is committed, or the database has rejected it
     */
    public void write(String description, Work<?> work, Runnable afterwards) {
        write(new Deferred(description, work, false, afterwards));
    }

    /**
     * Writes now, or queues the work if the database is unavailable.
     *
     * @param description the text for the log
     * @param work exactly one statement
     */
    public void writeStatement(String description, Work<?> work) {
        write(new Deferred(description, work, true, () -> {}));
    }

    private void write(Deferred deferred) {
        boolean decided = true;
        try {
            execute(deferred);
        } catch (DatabaseUnavailableException e) {
            decided = false;
            LOG.warn("write deferred write=\"{}\"", deferred.description(), e);
            waiting.add(deferred);
        } finally {
            if (decided) {
                deferred.afterwards().run();
            }
        }
    }

    private void execute(Deferred deferred) {
        if (deferred.isStatement()) {
            database.writeStatement(deferred.work());
        } else {
            database.write(deferred.work());
        }
    }

    /** Retries the queued writes. A background job calls it periodically. */
    public void retry() {
        if (!retrying.tryLock()) {
            return; // another thread is retrying
        }
        try {
            for (List<Deferred> group = next(); !group.isEmpty(); group = next()) {
                attempt(group);
                group.forEach(deferred -> {
                    waiting.poll();
                    deferred.afterwards().run();
                });
            }
        } finally {
            retrying.unlock();
        }
    }

    /** Tries to write the queued work. What remains is lost with the process. */
    @Override
    public void close() {
        try {
            retry();
        } catch (DatabaseUnavailableException e) {
            LOG.warn("deferred writes are lost count={}", waiting.size(), e);
        }
    }

    private List<Deferred> next() {
        return waiting.stream().limit(GROUP).toList();
    }

    /** Writes a group in one transaction, or each work alone if the database rejects one of them. */
    private void attempt(List<Deferred> group) {
        try {
            database.write(handle -> {
                group.forEach(deferred -> deferred.work().with(handle));
                return true;
            });
            group.forEach(deferred -> LOG.info("deferred write done write=\"{}\"", deferred.description()));
        } catch (DatabaseUnavailableException e) {
            throw e;
        } catch (RuntimeException e) {
            LOG.debug("deferred writes are repeated one by one count={}", group.size(), e);
            group.forEach(this::attempt);
        }
    }

    /** Drops work that the database rejects: it would be rejected again, and would block the other writes. */
    private void attempt(Deferred deferred) {
        try {
            execute(deferred);
            LOG.info("deferred write done write=\"{}\"", deferred.description());
        } catch (DatabaseUnavailableException e) {
            throw e;
        } catch (RuntimeException e) {
            LOG.error("deferred write failed write=\"{}\"", deferred.description(), e);
        }
    }
}
