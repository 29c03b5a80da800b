package dev.retouch.server.billing;

import java.util.List;

import dev.retouch.server.database.Database;

/**
 * Verifies the whole ledger: every transaction must balance, budgets must match the transactions, and edits must match
 * both. Reads one snapshot; other reads and writes continue meanwhile.
 */
public final class LedgerVerifier {

    private final Database database;

    /** Verifies the ledger in this database. */
    public LedgerVerifier(Database database) {
        this.database = database;
    }

    /**
     * The result of a verification.
     *
     * @param transactions the number of transactions
     * @param entries the number of ledger lines
     * @param edits the number of edits
     * @param findings one sentence per discrepancy; the list is cut if there are very many
     */
    public record Report(long transactions, long entries, long edits, List<String> findings) {

        /** Copies the list. */
        public Report {
            findings = List.copyOf(findings);
        }

        /** Whether no discrepancy was found. */
        public boolean isSound() {
            return findings.isEmpty();
        }
    }

    /** Reads the ledger page by page. Time grows with the ledger's length, memory only with the number of owners. */
    public Report verify() {
        return database.readSnapshot(handle -> {
            VerificationFindings findings = new VerificationFindings();
            TransactionVerifier transactions = new TransactionVerifier(handle, findings,
                    !database.isShared());
            transactions.run();
            EditVerifier edits = new EditVerifier(handle, findings);
            edits.run();
            new BudgetVerifier(handle, findings, transactions.totals(), edits.held()).run();
            return new Report(transactions.transactions(), transactions.entries(), edits.edits(), findings.all());
        });
    }
}
