package dev.retouch.server.billing;

import java.util.List;

import dev.retouch.server.store.Database;

/**
 * Reads the whole ledger and says whether it adds up: every transaction in itself, the budgets with the transactions, and the
 * edits with both. Others may go on reading and writing meanwhile.
 */
public final class LedgerCheck {

    private final Database database;

    /** Checks the ledger of this database. */
    public LedgerCheck(Database database) {
        this.database = database;
    }

    /**
     * What was found.
     *
     * @param transactions how many there are
     * @param entries how many lines they have
     * @param edits how many edits there are
     * @param problems a sentence for each thing that is not as it must be; not all of them where there are very many
     */
    public record Report(long transactions, long entries, long edits, List<String> problems) {

        /** Keeps the list as it is. */
        public Report {
            problems = List.copyOf(problems);
        }

        /** Whether everything adds up. */
        public boolean isSound() {
            return problems.isEmpty();
        }
    }

    /** Reads everything, piece by piece: this takes as long as the ledger is, and no more memory than there are owners. */
    public Report verify() {
        return database.survey(handle -> {
            Problems problems = new Problems();
            TransactionCheck transactions = new TransactionCheck(handle, problems);
            transactions.run();
            EditCheck edits = new EditCheck(handle, problems);
            edits.run();
            new BudgetCheck(handle, problems, transactions.totals(), edits.held()).run();
            return new Report(transactions.transactions(), transactions.entries(), edits.edits(), problems.all());
        });
    }
}
