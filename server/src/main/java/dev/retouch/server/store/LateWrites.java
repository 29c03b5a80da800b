package dev.retouch.server.store;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.ReentrantLock;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.retouch.server.store.Database.Work;

/**
 * Writes that must be made and need not be made now: what the database does not take while it is away waits in memory, in order.
 * Only for work that does no harm when it is done twice. What waits is lost with the process, so something else must find out
 * then.
 */
public final class LateWrites {

    private static final Logger LOG = LoggerFactory.getLogger(LateWrites.class);

    private final Database database;
    private final Queue<Late> waiting = new ConcurrentLinkedQueue<>();
    private final ReentrantLock retrying = new ReentrantLock();

    /** Writes to this database. */
    public LateWrites(Database database) {
        this.database = database;
    }

    private record Late(String told, Work<?> work) {}

    /**
     * Writes now, or as soon as the database is back.
     *
     * @param told what it is, for the log
     */
    public void write(String told, Work<?> work) {
        try {
            database.write(work);
        } catch (DatabaseAwayException e) {
            LOG.warn("write waits for the database write={}", told, e);
            waiting.add(new Late(told, work));
        }
    }

    /** Makes the writes that wait. Whoever keeps house calls it every now and then. */
    public void retry() {
        if (!retrying.tryLock()) {
            return; // somebody is at it
        }
        try {
            for (Late late = waiting.peek(); late != null; late = waiting.peek()) {
                attempt(late);
                waiting.poll();
            }
        } finally {
            retrying.unlock();
        }
    }

    /** Work that the database refuses would be refused forever, and must not keep the others. */
    private void attempt(Late late) {
        try {
            database.write(late.work());
            LOG.info("written at last write={}", late.told());
        } catch (DatabaseAwayException e) {
            throw e;
        } catch (RuntimeException e) {
            LOG.error("cannot be written write={}", late.told(), e);
        }
    }
}
