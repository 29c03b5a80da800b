package dev.retouch.server.billing;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.jdbi.v3.core.Handle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.retouch.server.policy.Undecided;
import dev.retouch.server.store.Database;
import dev.retouch.server.store.DatabaseAwayException;
import dev.retouch.server.store.Instance;

/**
 * Ends what nobody else will end: edits whose instance is dead become undecided, and those that stay undecided are charged or
 * released as the operator wants it. Every instance may do this at any time, because each end is written once only.
 */
public final class Reconciliation {

    private static final Logger LOG = LoggerFactory.getLogger(Reconciliation.class);
    private static final Duration FORGET_AFTER = Duration.ofHours(1);
    private static final int BATCH = 500;

    private final Database database;
    private final Ledger ledger;
    private final Instance self;
    private final Clock clock;
    private final Settings settings;

    /** Reconciles on behalf of this instance, which does not take itself for dead. */
    public Reconciliation(Database database, Ledger ledger, Instance self, Clock clock, Settings settings) {
        this.database = database;
        this.ledger = ledger;
        this.self = self;
        this.clock = clock;
        this.settings = settings;
    }

    /**
     * When something is given up.
     *
     * @param deadAfter an instance that was not seen for so long is dead
     * @param undecidedAfter an edit that was undecided for so long is ended
     * @param policy how it is ended
     */
    public record Settings(Duration deadAfter, Duration undecidedAfter, Undecided policy) {

        /** Dead after 10 seconds, ended after 10 minutes. */
        public static Settings of(Undecided policy) {
            return new Settings(Duration.ofSeconds(10), Duration.ofMinutes(10), policy);
        }
    }

    /**
     * What was done.
     *
     * @param undecided edits of dead instances that became undecided
     * @param charged edits that were charged in full
     * @param released edits that were released
     * @param tickets slots and places in queues of dead instances that became free
     * @param instances rows of instances that were long dead
     */
    public record Report(int undecided, int charged, int released, int tickets, int instances) {}

    private record Orphan(String editId, String instance) {}

    /** Looks once and does what there is to do. */
    public Report run() {
        int marked = markOrphans();
        int tickets = database.write(this::removeTickets);
        int instances = database.write(this::removeInstances);
        int ended = endUndecided();
        boolean charge = settings.policy() == Undecided.CHARGE;
        return new Report(marked, charge ? ended : 0, charge ? 0 : ended, tickets, instances);
    }

    private int markOrphans() {
        int marked = 0;
        List<Orphan> found;
        do {
            found = database.write(this::markSome);
            found.forEach(orphan -> LOG.warn("edit undecided edit={} instance={} reason=instance is gone",
                    orphan.editId(), orphan.instance()));
            marked += found.size();
        } while (found.size() == BATCH);
        return marked;
    }

    private List<Orphan> markSome(Handle handle) {
        List<Orphan> orphans = handle.createQuery("""
                SELECT e.id, e.instance FROM edits e LEFT JOIN instances i ON i.id = e.instance
                WHERE e.state = 'held' AND e.instance <> :self AND (i.id IS NULL OR i.seen_at < :alive)
                ORDER BY e.created_at LIMIT :batch""").bind("self", self.id()).bind("alive", alive())
                .bind("batch", BATCH)
                .map((row, context) -> new Orphan(row.getString("id"), row.getString("instance"))).list();
        orphans.forEach(orphan -> ledger.mark(handle, orphan.editId(), "its instance is gone"));
        return orphans;
    }

    /** Each by itself, so that one that cannot be ended does not keep the others. */
    private int endUndecided() {
        int ended = 0;
        for (String editId : overdue()) {
            try {
                ended += end(editId) ? 1 : 0;
            } catch (DatabaseAwayException e) {
                throw e;
            } catch (RuntimeException e) {
                LOG.error("undecided edit cannot be ended edit={}", editId, e);
            }
        }
        return ended;
    }

    private boolean end(String editId) {
        Ledger.Decision decision;
        if (settings.policy() == Undecided.CHARGE) {
            decision = ledger.chargeUndecided(editId, "charged in full, because nobody knows what became of it");
            if (decision.now()) {
                LOG.warn("undecided edit charged edit={} cost={}", editId, decision.cost());
            }
        } else {
            decision = ledger.releaseUndecided(editId, "released, because nobody knows what became of it");
            if (decision.now()) {
                LOG.warn("undecided edit released edit={}", editId);
            }
        }
        return decision.now();
    }

    private List<String> overdue() {
        long before = clock.instant().minus(settings.undecidedAfter()).toEpochMilli();
        List<String> all = new ArrayList<>();
        List<String> page;
        String after = "";
        do {
            String from = after;
            page = database.read(handle -> handle.createQuery("""
                    SELECT id FROM edits WHERE state = 'undecided' AND decided_at <= :before AND id > :after
                    ORDER BY id LIMIT :batch""").bind("before", before).bind("after", from).bind("batch", BATCH)
                    .mapTo(String.class).list());
            all.addAll(page);
            after = page.isEmpty() ? after : page.getLast();
        } while (page.size() == BATCH);
        return all;
    }

    /** Only where nobody waits: whoever waits removes them too, and hands on what comes free. */
    private int removeTickets(Handle handle) {
        return handle.createUpdate("""
                DELETE FROM slot_tickets WHERE instance <> :self
                AND instance NOT IN (SELECT id FROM instances WHERE seen_at >= :alive)
                AND NOT EXISTS (SELECT 1 FROM slot_tickets AS waiting WHERE waiting.running = 0)""")
                .bind("self", self.id())
                .bind("alive", alive()).execute();
    }

    private int removeInstances(Handle handle) {
        return handle.createUpdate("DELETE FROM instances WHERE id <> :self AND seen_at < :before")
                .bind("self", self.id()).bind("before", clock.instant().minus(FORGET_AFTER).toEpochMilli()).execute();
    }

    private long alive() {
        return clock.instant().minus(settings.deadAfter()).toEpochMilli();
    }
}
