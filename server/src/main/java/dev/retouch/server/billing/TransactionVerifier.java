package dev.retouch.server.billing;

import java.math.BigInteger;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** Reads all transactions in order and checks that each balances for each owner. */
final class TransactionVerifier {

    private static final int PAGE = 1000;
    private static final Set<String> WITHOUT_EDIT = Set.of("fund", "withdraw", "close");

    private final Handle handle;
    private final VerificationFindings findings;
    private final boolean withoutGaps;
    private final AccountTotals totals = new AccountTotals();
    private long transactions;
    private long entries;
    private long previous;

    /**
     * Verifies the transactions.
     *
     * @param withoutGaps whether the ids of transactions have no gaps
     */
    TransactionVerifier(Handle handle, VerificationFindings findings, boolean withoutGaps) {
        this.handle = handle;
        this.findings = findings;
        this.withoutGaps = withoutGaps;
    }

    private record Transaction(long id, String kind, @Nullable String editId, boolean editKnown) {}

    private record Entry(long transactionId, String owner, String account, long amount) {}

    /** The sums of all accounts. */
    AccountTotals totals() {
        return totals;
    }

    long transactions() {
        return transactions;
    }

    long entries() {
        return entries;
    }

    void run() {
        long after = Long.MIN_VALUE;
        List<Transaction> page;
        do {
            page = page(after);
            boolean last = page.size() < PAGE;
            long upTo = last ? Long.MAX_VALUE : page.getLast().id();
            Map<Long, List<Entry>> lines = entries(after, upTo);
            for (Transaction transaction : page) {
                List<Entry> own = lines.remove(transaction.id());
                check(transaction, own == null ? List.of() : own);
            }
            lines.forEach((id, orphans) -> findings
                    .add("there are entries of transaction " + id + ", which does not exist"));
            after = upTo;
        } while (page.size() == PAGE);
    }

    private void check(Transaction transaction, List<Entry> lines) {
        transactions++;
        entries += lines.size();
        String name = "transaction " + transaction.id();
        // SQLite assigns numbers without gaps, so a gap means that a transaction was deleted
        if (withoutGaps && transaction.id() != previous + 1) {
            findings.add("the transactions between " + previous + " and " + transaction.id() + " are missing");
        }
        previous = transaction.id();
        if (WITHOUT_EDIT.contains(transaction.kind()) != (transaction.editId() == null)) {
            findings.add(name + " is of kind '" + transaction.kind() + "' and has "
                    + (transaction.editId() == null ? "no edit" : "an edit"));
        } else if (transaction.editId() != null && !transaction.editKnown()) {
            findings.add(name + " is for edit " + transaction.editId() + ", which does not exist");
        }
        if (lines.isEmpty()) {
            findings.add(name + " has no entries");
        }
        Map<String, BigInteger> sums = new HashMap<>();
        for (Entry line : lines) {
            totals.add(line.owner(), line.account(), line.amount());
            sums.merge(line.owner(), BigInteger.valueOf(line.amount()), BigInteger::add);
        }
        sums.forEach((owner, sum) -> {
            if (sum.signum() != 0) {
                findings.add("the entries of " + name + " for " + owner + " add up to " + AccountTotals.text(sum)
                        + " instead of 0");
            }
        });
    }

    private List<Transaction> page(long after) {
        return handle.createQuery("""
                SELECT t.id, t.kind, t.edit_id, e.id AS known FROM ledger_transactions t
                LEFT JOIN edits e ON e.id = t.edit_id WHERE t.id > :after ORDER BY t.id LIMIT :page""")
                .bind("after", after).bind("page", PAGE)
                .map((row, context) -> new Transaction(row.getLong("id"), row.getString("kind"),
                        row.getString("edit_id"), row.getString("known") != null))
                .list();
    }

    private Map<Long, List<Entry>> entries(long after, long upTo) {
        return handle.createQuery("""
                SELECT transaction_id, owner, account, amount FROM ledger_entries
                WHERE transaction_id > :after AND transaction_id <= :upTo""").bind("after", after).bind("upTo", upTo)
                .map((row, context) -> new Entry(row.getLong("transaction_id"), row.getString("owner"),
                        row.getString("account"), row.getLong("amount")))
                .stream().collect(Collectors.groupingBy(Entry::transactionId));
    }
}
