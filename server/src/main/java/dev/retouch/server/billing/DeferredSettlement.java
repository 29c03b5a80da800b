package dev.retouch.server.billing;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.ReentrantLock;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.retouch.server.database.Database.Work;
import dev.retouch.server.database.DatabaseUnavailableException;

/**
 * Ends edits in the ledger, also while the database is unavailable. An end that cannot be written is queued, at most one per edit, and
 * a known end is in the {@link EndJournal} before the method returns. The queue is written when the database answers again, by this
 * process or, from the journal, by the next one. Undecided edits are not in the journal: {@link Reconciliation} finds their holds.
 * Thread-safe.
 */
public final class DeferredSettlement implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(DeferredSettlement.class);

    /** As many ends as one commit of the database takes. */
    private static final int GROUP = 256;

    /** How long an edit waits until its end is written. After it, the response goes out and the end is written later. */
    private static final Duration PATIENCE = Duration.ofSeconds(1);

    private final Ledger ledger;
    private final Ledger hurried;
    private final EndJournal journal;
    private final Map<String, Queued> waiting = new LinkedHashMap<>();
    private final ReentrantLock retrying = new ReentrantLock();
    private volatile int unreadable;

    /**
     * An end that waits for the database.
     *
     * @param also work for the transaction that writes the end, or null; lost if the process ends, unlike a known end
     * @param withdrawn the request whose hold is withdrawn; null if the hold was confirmed
     */
    private record Queued(EditEnd end, @Nullable Work<?> also, @Nullable HoldRequest withdrawn) {

        static Queued alone(EditEnd end) {
            return new Queued(end, null, null);
        }
    }

    /** Creates a queue in front of the ledger. */
    public DeferredSettlement(Ledger ledger, EndJournal journal) {
        this.ledger = ledger;
        this.hurried = ledger.waiting(PATIENCE);
        this.journal = journal;
    }

    /**
     * Writes the ends that processes which have ended left in their journals. Called before edits start, and by a background job for
     * processes that end later.
     */
    public void recover() throws IOException {
        synchronized (waiting) {
            journal.adopt().forEach(end -> enqueue(Queued.alone(end)));
            if (waiting.isEmpty()) {
                journal.clear(); // those that had no end
            }
        }
        retry();
        synchronized (waiting) {
            unreadable = journal.unreadable(); // now that those without a waiting end are set aside
        }
    }

    /** The number of journals whose ends an operator must read, because no process could. */
    public int unreadableJournals() {
        return unreadable;
    }

    /**
     * Ends an edit.
     *
     * @param end charges an edit that delivered images, releases its hold, or marks it as undecided
     * @return whether the end is in the database; false if it waits for the database
     */
    public boolean end(EditEnd end) {
        return end(end, null);
    }

    /**
     * Ends an edit, with further work in the transaction of a charge.
     *
     * @param also idempotent work; waits for the database together with the charge; null for none
     * @return whether both are durable; false if they wait for the database
     */
    public boolean end(EditEnd end, @Nullable Work<?> also) {
        if (end.kind().charges()) {
            Ledger.refuseUnchargeable(end.delivered(), end.cost());
        }
        return end(new Queued(end, also, null));
    }

    /**
     * Releases the hold of an edit that was not dispatched, whether or not the hold was written.
     *
     * @return whether the release is in the database; false if it waits in the journal
     */
    public boolean withdraw(HoldRequest request, String note) {
        return end(new Queued(EditEnd.release(request.editId(), note), null, request));
    }

    /**
     * Writes the queued ends, oldest first and in groups, and stops if the database is unavailable. A background job calls it
     * periodically.
     */
    public void retry() {
        if (!retrying.tryLock()) {
            return; // another thread is retrying
        }
        try {
            List<Queued> all = all();
            if (!all.isEmpty() && written(all.getFirst())) { // one end finds out whether the database answers
                writeInGroups(all.subList(1, all.size()));
            }
        } finally {
            retrying.unlock();
        }
    }

    /** The number of queued ends. */
    public int waiting() {
        synchronized (waiting) {
            return waiting.size();
        }
    }

    /** Tries once more to write the queued ends. Those that remain stay in the journal for the next process. */
    @Override
    public void close() {
        retry();
        synchronized (waiting) {
            if (!waiting.isEmpty()) {
                LOG.warn("deferred settlements remain in the journal count={}", waiting.size());
            }
            journal.close();
        }
    }

    private boolean end(Queued queued) {
        EditEnd end = queued.end();
        if (!isWaiting(end.editId())) {
            try {
                write(queued, hurried);
                return true;
            } catch (DatabaseUnavailableException e) {
                LOG.warn("end of edit waits for the database edit={} end={}", end.editId(), end.description(), e);
            } catch (IllegalArgumentException e) {
                throw e;
            } catch (RuntimeException e) {
                // whatever the failure is, the end is a charge or a hold and must not be lost
                LOG.error("end of edit could not be written and is kept edit={} end={}", end.editId(),
                        end.description(), e);
            }
        }
        keep(queued);
        return false;
    }

    private void writeInGroups(List<Queued> ends) {
        try (ExecutorService threads = Executors
                .newThreadPerTaskExecutor(Thread.ofVirtual().name("deferred-settlement-", 0).factory())) {
            for (int from = 0; from < ends.size(); from += GROUP) {
                List<Callable<Boolean>> group = new ArrayList<>();
                ends.subList(from, Math.min(ends.size(), from + GROUP)).forEach(end -> group.add(() -> written(end)));
                // concurrent writes share a commit
                if (!threads.invokeAll(group).stream().allMatch(Future::resultNow)) {
                    return;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Writes one end and returns whether the next can be tried. */
    private boolean written(Queued queued) {
        EditEnd end = queued.end();
        try {
            write(queued, ledger);
        } catch (DatabaseUnavailableException e) {
            LOG.debug("deferred settlements wait count={}", waiting());
            return false;
        } catch (IllegalArgumentException e) {
            // the database lost the hold, so this end can never be written
            LOG.error("deferred settlement is impossible and dropped edit={} end=\"{}\"", end.editId(),
                    end.description(), e);
            remove(queued);
            return true;
        } catch (RuntimeException e) {
            // it stays queued, because it is a charge or a hold, but it must not block the other ends
            LOG.error("deferred settlement failed edit={} end=\"{}\"", end.editId(), end.description(), e);
            return true;
        }
        LOG.info("deferred settlement done edit={} end=\"{}\"", end.editId(), end.description());
        remove(queued);
        return true;
    }

    private static void write(Queued queued, Ledger ledger) {
        EditEnd end = queued.end();
        HoldRequest withdrawn = queued.withdrawn();
        if (withdrawn != null) {
            ledger.withdraw(withdrawn, end.note() == null ? "" : end.note());
        } else if (!end.write(ledger, queued.also())) {
            LOG.warn("edit had ended before with another cost edit={} end=\"{}\"", end.editId(), end.description());
        }
    }

    /** Queues an end, and writes a known end to the journal. */
    private void keep(Queued queued) {
        EditEnd end = queued.end();
        synchronized (waiting) {
            if (enqueue(queued) && end.isKnown()) {
                try {
                    journal.append(end);
                } catch (IOException e) {
                    LOG.error("end of edit is in memory only, write it by hand if the process ends edit={} end=\"{}\"",
                            end.editId(), end.description(), e);
                }
            }
        }
    }

    /**
     * Queues an end and returns whether it was queued. The first end of an edit counts, as in the ledger, but a known end replaces an
     * undecided one.
     */
    private boolean enqueue(Queued queued) {
        EditEnd end = queued.end();
        Queued first = waiting.get(end.editId());
        if (first != null && (first.end().isKnown() || !end.isKnown())) {
            return false;
        }
        waiting.put(end.editId(), queued);
        return true;
    }

    private void remove(Queued queued) {
        synchronized (waiting) {
            waiting.remove(queued.end().editId(), queued); // unless a known end replaced it meanwhile
            if (waiting.isEmpty()) {
                journal.clear();
            }
        }
    }

    private boolean isWaiting(String editId) {
        synchronized (waiting) {
            return waiting.containsKey(editId);
        }
    }

    private List<Queued> all() {
        synchronized (waiting) {
            return List.copyOf(waiting.values());
        }
    }
}
