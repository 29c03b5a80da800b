package dev.retouch.server.billing;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.retouch.server.billing.CheckpointTables.Closing;
import dev.retouch.server.billing.CheckpointTables.Stored;
import dev.retouch.server.database.Database;
import dev.retouch.server.database.DatabaseUnavailableException;
import dev.retouch.server.database.DirectSql;

/**
 * Verifies the ledger: every transaction must balance, budgets must match the transactions, and edits must match both. Reads one
 * snapshot; other reads and writes continue meanwhile. A verification without findings leaves a checkpoint, after which the next one
 * begins. A verification of the whole ledger also verifies the checkpoints.
 */
public final class LedgerVerifier {

    /** The conditions are such that the database reads the small indexes of open edits; the index by time has all edits. */
    static final String OLDEST_OPEN = """
            SELECT MIN(created) FROM (
                SELECT MIN(created_at + 0) AS created FROM edits WHERE state = 'held'
                UNION ALL SELECT MIN(created_at + 0) FROM edits WHERE state = 'undecided'
            ) AS oldest""";

    private static final Logger LOG = LoggerFactory.getLogger(LedgerVerifier.class);

    /** How long a writer may be waited for that has a number and has not committed. New writers wait behind it. */
    private static final Duration WRITERS = Duration.ofMillis(200);

    /** Clocks of instances may differ. */
    private static final long MARGIN_MILLIS = 60_000;

    private final Database database;

    /** Verifies the ledger in this database. */
    public LedgerVerifier(Database database) {
        this.database = database;
    }

    /**
     * The result of a verification.
     *
     * @param after the last transaction that an earlier verification has verified; null if the whole ledger was verified
     * @param transactions the number of transactions that were read
     * @param entries the number of ledger lines that were read
     * @param edits the number of edits that were read
     * @param findings one sentence per discrepancy; the list is cut if there are very many
     */
    public record Report(@Nullable Long after, long transactions, long entries, long edits, List<String> findings) {

        /** Copies the list. */
        public Report {
            findings = List.copyOf(findings);
        }

        /** Whether no discrepancy was found. */
        public boolean isSound() {
            return findings.isEmpty();
        }
    }

    /**
     * A verification.
     *
     * @param next the checkpoint that it leaves if it has no findings; null if nothing is new
     */
    private record Result(Report report, @Nullable Checkpoint next) {}

    /**
     * Verifies what was added since the last checkpoint, and all budgets. Time grows with that part of the ledger and with the number of
     * owners.
     */
    public Report verify() {
        return verify(false);
    }

    /** Verifies the whole ledger page by page. Time grows with its length, memory only with the number of owners. */
    public Report verifyAll() {
        return verify(true);
    }

    private Report verify(boolean all) {
        long complete = complete();
        Result result = database.readSnapshot(handle -> {
            Optional<Stored> last = all ? Optional.empty() : CheckpointTables.newest(handle);
            return last.isPresent() && last.get().intact()
                    ? verifyAfter(handle, last.get().checkpoint(), complete)
                    : verifyAll(handle, complete);
        });
        Checkpoint next = result.next();
        if (next != null && result.report().isSound()) {
            boolean written = database.write(handle -> CheckpointTables.insert(handle, next));
            LOG.debug("checkpoint of the ledger id={} transaction={} written={}", next.id(), next.transactionId(),
                    written);
        }
        return result.report();
    }

    private Result verifyAfter(Handle handle, Checkpoint last, long complete) {
        VerificationFindings findings = new VerificationFindings();
        TransactionVerifier transactions = new TransactionVerifier(handle, findings, !database.isShared(),
                last.balances(), last.transactionId());
        EditVerifier edits = new EditVerifier(handle, findings);
        edits.run(last);
        return result(handle, findings, transactions, edits, last, complete, last.transactionId());
    }

    private Result verifyAll(Handle handle, long complete) {
        VerificationFindings findings = new VerificationFindings();
        Closing closing = CheckpointTables.closing(handle);
        TransactionVerifier transactions = new TransactionVerifier(handle, findings, !database.isShared(),
                closing.balances(), closing.transactionId());
        Checkpoint last = Checkpoint.NONE;
        for (Stored stored : CheckpointTables.all(handle)) {
            last = stored.checkpoint();
            compare(transactions, stored, findings);
        }
        EditVerifier edits = new EditVerifier(handle, findings);
        edits.run();
        return result(handle, findings, transactions, edits, last, complete, null);
    }

    private static void compare(TransactionVerifier transactions, Stored stored, VerificationFindings findings) {
        Checkpoint checkpoint = stored.checkpoint();
        if (!stored.intact()) {
            findings.add("checkpoint " + checkpoint.id() + " is not as it was written");
            return;
        }
        transactions.at(checkpoint.transactionId(),
                position -> position.totals().differences(checkpoint.balances())
                        .forEach(account -> findings.add("checkpoint " + checkpoint.id() + " says "
                                + AccountTotals.text(checkpoint.balances().of(account.owner(), account.name())) + " "
                                + account.name() + " of " + account.owner() + ", and the transactions add up to "
                                + AccountTotals.text(position.totals().of(account.owner(), account.name())))));
    }

    private static Result result(Handle handle, VerificationFindings findings, TransactionVerifier transactions,
            EditVerifier edits, Checkpoint last, long complete, @Nullable Long after) {
        AtomicReference<@Nullable Checkpoint> next = new AtomicReference<>();
        transactions.at(complete, position -> next.set(position.id() <= last.transactionId()
                ? null
                : new Checkpoint(last.id() + 1, position.id(), position.time(),
                        Math.min(position.time(), oldestOpen(handle)) - MARGIN_MILLIS, position.totals().copy())));
        transactions.run(after == null ? 0 : after);
        new BudgetVerifier(handle, findings, transactions.totals(), edits.held()).run();
        return new Result(new Report(after, transactions.transactions(), transactions.entries(), edits.edits(),
                findings.all()), next.get());
    }

    private static long oldestOpen(Handle handle) {
        return handle.createQuery(OLDEST_OPEN).mapTo(Long.class).findOne().orElse(Long.MAX_VALUE);
    }

    /**
     * The transaction up to which all are committed. In PostgreSQL numbers are given before the commit, so a number that a snapshot does
     * not have may still come. If a writer takes long, nothing is known to be complete, and the verification leaves no checkpoint.
     */
    private long complete() {
        if (!database.isShared()) {
            return Long.MAX_VALUE;
        }
        try {
            return database.write(handle -> {
                DirectSql.update(handle, "SET LOCAL lock_timeout = " + WRITERS.toMillis());
                DirectSql.update(handle, "LOCK TABLE ledger_transactions IN SHARE MODE");
                return handle.createQuery("SELECT COALESCE(MAX(id), 0) FROM ledger_transactions").mapTo(Long.class)
                        .one();
            });
        } catch (DatabaseUnavailableException e) {
            LOG.debug("ledger has a writer that takes long, the verification leaves no checkpoint", e);
            return 0;
        }
    }
}
