package dev.retouch.server.billing;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.retouch.server.store.DatabaseAwayException;

/**
 * Ends edits in the ledger, also while the database is away: what cannot be written now is kept, one end for each edit, and
 * written in order once the database is back. Where the process ends before that, the hold stays in the database, and
 * {@link Reconciliation} finds it.
 */
public final class SafeSettlement {

    private static final Logger LOG = LoggerFactory.getLogger(SafeSettlement.class);

    private final Ledger ledger;
    private final Map<String, End> waiting = new LinkedHashMap<>();
    private final ReentrantLock retrying = new ReentrantLock();

    /** Ends edits of this ledger. */
    public SafeSettlement(Ledger ledger) {
        this.ledger = ledger;
    }

    /**
     * How an edit ends.
     *
     * @param told what the log says of it: everything that is needed to write it by hand
     * @param known whether this is how it ended, rather than that nobody knows
     */
    private record End(String editId, String told, boolean known, Consumer<Ledger> write) {}

    /**
     * Charges an edit that delivered images.
     *
     * @return whether that is durable already; otherwise it waits for the database
     */
    public boolean settle(String editId, Delivered delivered, Money cost) {
        Ledger.refuseUnchargeable(delivered, cost);
        return end(new End(editId, "settle cost=" + cost + " " + delivered, true,
                books -> books.settle(editId, delivered, cost)));
    }

    /**
     * Gives back what was held for an edit that delivered nothing, or whose hold may or may not have been written.
     *
     * @return whether that is durable already; otherwise it waits for the database
     */
    public boolean release(String editId, String note) {
        return end(new End(editId, "release", true, books -> books.release(editId, note)));
    }

    /**
     * Marks an edit that was sent and of which nobody knows what became.
     *
     * @return whether that is durable already; otherwise it waits for the database
     */
    public boolean undecided(String editId, String note) {
        return end(new End(editId, "undecided", false, books -> books.undecided(editId, note)));
    }

    /** Writes what waits, the oldest first, until the database is away again. Whoever keeps house calls it every now and then. */
    public void retry() {
        if (!retrying.tryLock()) {
            return; // somebody is at it
        }
        try {
            for (End end : all()) {
                if (!written(end)) {
                    return;
                }
            }
        } finally {
            retrying.unlock();
        }
    }

    /** How many ends are not durable yet. */
    public int waiting() {
        synchronized (waiting) {
            return waiting.size();
        }
    }

    private boolean end(End end) {
        if (!isWaiting(end.editId())) {
            try {
                end.write().accept(ledger);
                return true;
            } catch (DatabaseAwayException e) {
                LOG.warn("end of edit waits for the database edit={} end={}", end.editId(), end.told(), e);
            }
        }
        keep(end);
        return false;
    }

    /** Whether there is sense in going on with the next one. */
    private boolean written(End end) {
        try {
            end.write().accept(ledger);
        } catch (DatabaseAwayException e) {
            LOG.warn("database is still away waiting={}", waiting());
            return false;
        } catch (RuntimeException e) {
            // it is kept, because it is somebody's money; but it must not keep others from theirs
            LOG.error("end of edit cannot be written edit={} end={}", end.editId(), end.told(), e);
            return true;
        }
        LOG.info("end of edit written at last edit={} end={}", end.editId(), end.told());
        synchronized (waiting) {
            waiting.remove(end.editId(), end); // unless a better known end has come meanwhile
        }
        return true;
    }

    /** As the ledger would do: the first end counts, except that a known one comes over one that nobody knows. */
    private void keep(End end) {
        synchronized (waiting) {
            waiting.merge(end.editId(), end, (first, next) -> !first.known() && next.known() ? next : first);
        }
    }

    private boolean isWaiting(String editId) {
        synchronized (waiting) {
            return waiting.containsKey(editId);
        }
    }

    private List<End> all() {
        synchronized (waiting) {
            return List.copyOf(waiting.values());
        }
    }
}
