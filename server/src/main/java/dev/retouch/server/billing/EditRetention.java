package dev.retouch.server.billing;

import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import org.jdbi.v3.core.Handle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.retouch.server.billing.AccountTotals.Account;
import dev.retouch.server.billing.LedgerVerifier.Report;
import dev.retouch.server.database.Database;
import dev.retouch.server.retention.RetainedRepository;

/**
 * Background job that removes edits which ended long ago, with their transactions, and keeps the sums of their postings. Budgets, usage by
 * day and all other transactions stay. Only what a verification has found sound is removed. Of instances that run it at the same time,
 * one does the work.
 */
public final class EditRetention {

    private static final Logger LOG = LoggerFactory.getLogger(EditRetention.class);

    /** The number of edits that are removed by a transaction. Other writes wait for it only in SQLite. */
    private static final int BATCH = 200;

    private final Database database;
    private final LedgerVerifier verifier;
    private final Clock clock;
    private final Duration keep;

    /**
     * Removes edits from this database.
     *
     * @param clock the clock of the times of edits
     * @param keep how long an edit is kept after its end
     */
    public EditRetention(Database database, LedgerVerifier verifier, Clock clock, Duration keep) {
        this.database = database;
        this.verifier = verifier;
        this.clock = clock;
        this.keep = keep;
    }

    /** Runs once, unless another instance runs it now. */
    public void run() {
        database.runExclusively("edit retention", this::runAlone);
    }

    private void runAlone() {
        long before = clock.instant().minus(keep).toEpochMilli();
        if (database.read(handle -> removable(handle, new Range(0, before), Long.MAX_VALUE, 1)).isEmpty()) {
            return;
        }
        Report report = verifier.verify();
        if (!report.isSound()) {
            LOG.error("old edits are kept, because the ledger does not add up findings={}", report.findings().size());
            return;
        }
        int removed = 0;
        Range range = new Range(0, before);
        List<Old> some;
        do {
            Range left = range;
            some = database.write(handle -> removeSome(handle, left));
            removed += some.size();
            range = some.isEmpty() ? range : new Range(some.getLast().createdAt(), before);
        } while (some.size() == BATCH);
        LOG.info("old edits removed edits={} ended-before={}", removed, before);
    }

    /** An edit that can be removed. */
    private record Old(String id, long createdAt) {}

    /**
     * The times of edits that a batch can remove. It begins where the batch before ended, because the index still has the entries of
     * removed rows, and each batch would read all of them again.
     *
     * @param from the edit began at this time or later
     * @param before the edit ended before this time
     */
    private record Range(long from, long before) {}

    /**
     * Edits that ended before a time, and whose transactions are before the last one that is verified. That one stays, because SQLite
     * numbers transactions after the last one that it has.
     */
    private static List<Old> removable(Handle handle, Range range, long verified, int limit) {
        return handle
                .createQuery(
                        """
                                SELECT e.id, e.created_at FROM edits e
                                WHERE e.created_at >= :from AND e.created_at < :before AND e.state IN ('settled', 'released') AND e.decided_at < :before
                                AND NOT EXISTS (SELECT 1 FROM ledger_transactions t WHERE t.edit_id = e.id AND t.id >= :verified)
                                ORDER BY e.created_at, e.id LIMIT :limit""")
                .bind("from", range.from()).bind("before", range.before())
                .bind("verified", verified).bind("limit", limit)
                .map((row, context) -> new Old(row.getString("id"), row.getLong("created_at"))).list();
    }

    private List<Old> removeSome(Handle handle, Range range) {
        // locks the row, which keeps a second job out, and allows deletions until the transaction ends
        handle.execute("UPDATE ledger_closing SET active = 1");
        Checkpoint verified = CheckpointTables.newest(handle).map(CheckpointTables.Stored::checkpoint)
                .orElse(Checkpoint.NONE);
        List<Old> edits = removable(handle, range, verified.transactionId(), BATCH);
        if (!edits.isEmpty()) {
            remove(handle, edits.stream().map(Old::id).toList());
            CheckpointTables.removeBefore(handle, verified.id()); // their balances are of transactions that are gone
        }
        handle.execute("UPDATE ledger_closing SET active = 0");
        return edits;
    }

    private static void remove(Handle handle, List<String> edits) {
        List<Long> transactions = handle
                .createQuery("SELECT id FROM ledger_transactions WHERE edit_id IN (<edits>) ORDER BY id")
                .bindList("edits", edits).mapTo(Long.class).list();
        if (!transactions.isEmpty()) {
            keepSums(handle, transactions);
            handle.createUpdate("DELETE FROM ledger_entries WHERE transaction_id IN (<ids>)")
                    .bindList("ids", transactions).execute();
            handle.createUpdate("DELETE FROM ledger_transactions WHERE id IN (<ids>)").bindList("ids", transactions)
                    .execute();
        }
        RetainedRepository.remove(handle, edits);
        handle.createUpdate("DELETE FROM edit_upstream_ids WHERE edit_id IN (<edits>)").bindList("edits", edits)
                .execute();
        handle.createUpdate("DELETE FROM edits WHERE id IN (<edits>)").bindList("edits", edits).execute();
        handle.createUpdate("""
                UPDATE ledger_closing SET edits = edits + :edits, transactions = transactions + :transactions,
                    transaction_id = CASE WHEN transaction_id < :last THEN :last ELSE transaction_id END""")
                .bind("edits", edits.size()).bind("transactions", transactions.size())
                .bind("last", transactions.isEmpty() ? 0 : transactions.getLast()).execute();
    }

    /** Adds the postings of transactions to the sums. Computed here, because SQLite switches to floating point if a sum overflows. */
    private static void keepSums(Handle handle, List<Long> transactions) {
        Map<Account, Long> sums = new TreeMap<>();
        handle.createQuery("SELECT owner, account, amount FROM ledger_entries WHERE transaction_id IN (<ids>)")
                .bindList("ids", transactions)
                .map((row, context) -> Map.entry(new Account(row.getString("owner"), row.getString("account")),
                        row.getLong("amount")))
                .forEach(line -> sums.merge(line.getKey(), line.getValue(), Math::addExact));
        sums.values().removeIf(sum -> sum == 0);
        sums.forEach((account, sum) -> {
            long before = handle
                    .createQuery(
                            "SELECT amount FROM ledger_closing_balances WHERE owner = :owner AND account = :account")
                    .bind("owner", account.owner()).bind("account", account.name()).mapTo(Long.class).findOne()
                    .orElse(0L);
            handle.execute("""
                    INSERT INTO ledger_closing_balances (owner, account, amount) VALUES (?, ?, ?)
                    ON CONFLICT (owner, account) DO UPDATE SET amount = excluded.amount""", account.owner(),
                    account.name(), Math.addExact(before, sum));
        });
    }
}
