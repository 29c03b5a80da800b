package dev.retouch.server.billing;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

import org.jdbi.v3.core.Handle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.retouch.server.database.Database;
import dev.retouch.server.database.DatabaseUnavailableException;
import dev.retouch.server.database.Instance;

/**
 * Background job that ends orphaned and undecided edits. Edits of dead instances become undecided. Edits that stay
 * undecided are charged or released by the configured {@link HoldPolicy}. Every instance may run it at any time,
 * because each end is written only once; of instances that run it at the same time, one does the work. It reads first, and writes only
 * if there is something to write.
 */
public final class Reconciliation {

    /** Sorted by an expression, because the database would read the index by time, which has all edits, for a sorted column. */
    static final String ORPHANS = """
            SELECT e.id, e.instance FROM edits e LEFT JOIN instances i ON i.id = e.instance
            WHERE e.state = 'held' AND e.instance <> :self AND (i.id IS NULL OR i.seen_at < :alive)
            ORDER BY e.created_at + 0 LIMIT :batch""";
    /** Compares an expression, because the database would read all ids for a column. */
    static final String OVERDUE = """
            SELECT id FROM edits WHERE state = 'undecided' AND decided_at <= :before AND id || '' > :after
            ORDER BY id || '' LIMIT :batch""";

    private static final Logger LOG = LoggerFactory.getLogger(Reconciliation.class);
    private static final Duration FORGET_AFTER = Duration.ofHours(1);
    private static final int BATCH = 500;

    private final Database database;
    private final Ledger ledger;
    private final Instance self;
    private final Clock clock;
    private final Settings settings;

    /** Reconciles on behalf of this instance, which never counts as dead, and by its clock. */
    public Reconciliation(Database database, Ledger ledger, Instance self, Settings settings) {
        this.database = database;
        this.ledger = ledger;
        this.self = self;
        this.clock = self.clock();
        this.settings = settings;
    }

    /**
     * When an undecided edit ends.
     *
     * @param undecidedAfter the time after which an undecided edit is ended
     * @param policy how an undecided edit is ended
     */
    public record Settings(Duration undecidedAfter, HoldPolicy policy) {}

    /**
     * The result of a run.
     *
     * @param undecided the number of edits of dead instances that became undecided
     * @param charged the number of edits charged in full
     * @param released the number of edits released
     * @param tickets the number of slots and queue entries of dead instances that were removed
     * @param instances the number of removed rows of dead instances
     */
    public record Report(int undecided, int charged, int released, int tickets, int instances) {}

    private record Orphan(String editId, String instance) {}

    /** Runs once, unless another instance runs it now. */
    public Report run() {
        AtomicReference<Report> report = new AtomicReference<>(new Report(0, 0, 0, 0, 0));
        database.runExclusively("reconciliation", () -> report.set(runAlone()));
        return report.get();
    }

    private Report runAlone() {
        int marked = markOrphans();
        int tickets = database.read(this::hasDeadTickets) ? database.write(this::removeTickets) : 0;
        int instances = database.read(this::hasForgotten) ? database.write(this::removeInstances) : 0;
        int ended = endUndecided();
        boolean charge = settings.policy() == HoldPolicy.CHARGE;
        return new Report(marked, charge ? ended : 0, charge ? 0 : ended, tickets, instances);
    }

    private int markOrphans() {
        int marked = 0;
        List<Orphan> found = database.read(this::orphans);
        while (!found.isEmpty()) {
            List<Orphan> some = found;
            found = database.write(handle -> markSome(handle, some));
            found.forEach(orphan -> LOG.warn("edit undecided edit={} instance={} reason=instance-dead",
                    orphan.editId(), orphan.instance()));
            marked += found.size();
            found = some.size() == BATCH ? database.read(this::orphans) : List.of();
        }
        return marked;
    }

    private List<Orphan> orphans(Handle handle) {
        return handle.createQuery(ORPHANS).bind("self", self.id()).bind("alive", self.deadBefore())
                .bind("batch", BATCH)
                .map((row, context) -> new Orphan(row.getString("id"), row.getString("instance"))).list();
    }

    /** In the order of ids, like all writers of the ledger. Returns those that were still held. */
    private List<Orphan> markSome(Handle handle, List<Orphan> orphans) {
        return orphans.stream().sorted(Comparator.comparing(Orphan::editId))
                .filter(orphan -> ledger.markUndecided(handle, orphan.editId(), "the instance died")).toList();
    }

    /** Ends each edit in its own transaction, so that a failure affects only that edit. */
    private int endUndecided() {
        int ended = 0;
        for (String editId : overdue()) {
            try {
                ended += end(editId) ? 1 : 0;
            } catch (DatabaseUnavailableException e) {
                throw e;
            } catch (RuntimeException e) {
                LOG.error("undecided edit could not be ended edit={}", editId, e);
            }
        }
        return ended;
    }

    private boolean end(String editId) {
        Ledger.Decision decision;
        if (settings.policy() == HoldPolicy.CHARGE) {
            decision = ledger.chargeUndecided(editId, "charged in full, because its outcome is unknown");
            if (decision.now()) {
                LOG.warn("undecided edit charged edit={} cost={}", editId, decision.cost());
            }
        } else {
            decision = ledger.releaseUndecided(editId, "released, because its outcome is unknown");
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
            page = database.read(handle -> handle.createQuery(OVERDUE).bind("before", before).bind("after", from)
                    .bind("batch", BATCH)
                    .mapTo(String.class).list());
            all.addAll(page);
            after = page.isEmpty() ? after : page.getLast();
        } while (page.size() == BATCH);
        return all;
    }

    private boolean hasDeadTickets(Handle handle) {
        return handle.createQuery("""
                SELECT count(*) FROM (SELECT DISTINCT instance FROM slot_tickets) AS holder WHERE instance <> :self
                AND instance NOT IN (SELECT id FROM instances WHERE seen_at >= :alive)""").bind("self", self.id())
                .bind("alive", self.deadBefore()).mapTo(Integer.class).one() > 0;
    }

    private boolean hasForgotten(Handle handle) {
        long dead = self.deadBefore();
        return dead != Long.MIN_VALUE && handle
                .createQuery("SELECT count(*) FROM instances WHERE id <> :self AND seen_at < :before")
                .bind("self", self.id()).bind("before", dead - FORGET_AFTER.toMillis()).mapTo(Integer.class)
                .one() > 0;
    }

    /**
     * Removes slots of dead instances only where no edit is queued. A queued edit removes them too, and passes the slot
     * on.
     */
    private int removeTickets(Handle handle) {
        if (database.isShared()) { // the rows of the scopes by name first, as every writer of tickets locks
            handle.createQuery("SELECT scope FROM slot_scopes ORDER BY scope FOR NO KEY UPDATE").mapTo(String.class)
                    .list();
        }
        return handle.createUpdate("""
                DELETE FROM slot_tickets WHERE instance <> :self
                AND instance NOT IN (SELECT id FROM instances WHERE seen_at >= :alive)
                AND NOT EXISTS (SELECT 1 FROM slot_tickets AS waiting WHERE waiting.running = 0)""")
                .bind("self", self.id())
                .bind("alive", self.deadBefore()).execute();
    }

    private int removeInstances(Handle handle) {
        long dead = self.deadBefore();
        return dead == Long.MIN_VALUE
                ? 0
                : handle.createUpdate("DELETE FROM instances WHERE id <> :self AND seen_at < :before")
                        .bind("self", self.id()).bind("before", dead - FORGET_AFTER.toMillis()).execute();
    }
}
