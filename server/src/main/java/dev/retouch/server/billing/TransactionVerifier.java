package dev.retouch.server.billing;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;

import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** Reads transactions in order and checks that each balances for each owner. */
final class TransactionVerifier {

    private static final int PAGE = 1000;
    private static final Set<String> WITHOUT_EDIT = Set.of("fund", "withdraw", "close");

    private final Handle handle;
    private final VerificationFindings findings;
    private final boolean withoutGaps;
    private final long gapsUpTo;
    private final AccountTotals totals;
    private final NavigableMap<Long, List<Consumer<Position>>> marks = new TreeMap<>();
    private long transactions;
    private long entries;
    private long previous;
    private long time;

    /**
     * Verifies transactions.
     *
     * @param withoutGaps whether the ids of transactions have no gaps
     * @param before the sums of transactions that are not read
     * @param gapsUpTo the id up to which transactions may be missing nevertheless
     */
    TransactionVerifier(Handle handle, VerificationFindings findings, boolean withoutGaps, AccountTotals before,
            long gapsUpTo) {
        this.handle = handle;
        this.findings = findings;
        this.withoutGaps = withoutGaps;
        this.totals = before.copy();
        this.gapsUpTo = gapsUpTo;
    }

    private record Transaction(long id, String kind, @Nullable String editId, long created, boolean editKnown) {}

    /**
     * A place in the order of transactions.
     *
     * @param id the last transaction before it
     * @param time the time of that transaction; zero if none was read
     * @param totals the sums of all transactions before it, valid only during the call
     */
    record Position(long id, long time, AccountTotals totals) {}

    /** Calls a receiver when all transactions up to this id were read. Must be called before {@link #run}. */
    void at(long transaction, Consumer<Position> receiver) {
        marks.computeIfAbsent(transaction, _ -> new ArrayList<>()).add(receiver);
    }

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

    /** Reads the transactions with a higher id; all if it is zero. */
    void run(long first) {
        previous = first;
        long after = first == 0 ? Long.MIN_VALUE : first;
        List<Transaction> page;
        do {
            page = page(after);
            boolean last = page.size() < PAGE;
            long upTo = last ? Long.MAX_VALUE : page.getLast().id();
            Map<Long, List<Entry>> lines = entries(after, upTo);
            for (Transaction transaction : page) {
                reach(transaction.id());
                List<Entry> own = lines.remove(transaction.id());
                check(transaction, own == null ? List.of() : own);
            }
            lines.forEach((id, orphans) -> findings
                    .add("there are entries of transaction " + id + ", which does not exist"));
            after = upTo;
        } while (page.size() == PAGE);
        marks.values().forEach(receivers -> receivers.forEach(this::pass));
    }

    /** Calls the receivers of all places before a transaction. */
    private void reach(long transaction) {
        while (!marks.isEmpty() && marks.firstKey() < transaction) {
            marks.pollFirstEntry().getValue().forEach(this::pass);
        }
    }

    private void pass(Consumer<Position> receiver) {
        receiver.accept(new Position(previous, time, totals));
    }

    private void check(Transaction transaction, List<Entry> lines) {
        transactions++;
        entries += lines.size();
        String name = "transaction " + transaction.id();
        // SQLite assigns numbers without gaps, so a gap means that a transaction was deleted
        if (withoutGaps && transaction.id() > gapsUpTo && transaction.id() != Math.max(previous, gapsUpTo) + 1) {
            findings.add("the transactions between " + Math.max(previous, gapsUpTo) + " and " + transaction.id()
                    + " are missing");
        }
        previous = transaction.id();
        time = transaction.created();
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
                SELECT t.id, t.kind, t.edit_id, t.created_at, e.id AS known FROM ledger_transactions t
                LEFT JOIN edits e ON e.id = t.edit_id WHERE t.id > :after ORDER BY t.id LIMIT :page""")
                .bind("after", after).bind("page", PAGE)
                .map((row, context) -> new Transaction(row.getLong("id"), row.getString("kind"),
                        row.getString("edit_id"), row.getLong("created_at"), row.getString("known") != null))
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
