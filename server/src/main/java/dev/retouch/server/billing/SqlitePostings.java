package dev.retouch.server.billing;

import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;

import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

import dev.retouch.server.billing.LedgerTables.Kind;
import dev.retouch.server.database.DirectSql;

/**
 * The ledger transactions of a group of edits. Each budget is read once and written once, and all transactions are written together, because
 * the edits of a group often have the same budgets. Only the single writer of SQLite may use it: nothing else changes a budget meanwhile.
 */
final class SqlitePostings {

    /** Rows of one statement; other numbers are sums of powers of two, so that few statements are prepared. */
    private static final int MAX_ROWS = 32;
    private static final int TRANSACTION_COLUMNS = 5;

    private final Handle handle;
    private final Clock clock;
    private final LedgerTables books;
    /** The budgets as they will be when everything is written. */
    private final Map<String, Budget> budgets = new HashMap<>();
    private final Map<String, Transfer> changes = new LinkedHashMap<>();
    private final List<Posting> postings = new ArrayList<>();

    private record Posting(Kind kind, String editId, long createdAt, @Nullable String note, List<String> owners,
            Transfer transfer) {}

    SqlitePostings(Handle handle, Clock clock, LedgerTables books) {
        this.handle = handle;
        this.clock = clock;
        this.books = books;
    }

    /** The budgets of these owners in the same order, after everything that was posted. */
    List<Budget> budgets(List<String> owners) {
        List<String> unknown = owners.stream().filter(owner -> !budgets.containsKey(owner)).toList();
        if (!unknown.isEmpty()) {
            books.lockBudgets(handle, unknown).forEach(budget -> budgets.put(budget.owner(), budget));
        }
        return owners.stream().map(this::budget).toList();
    }

    private Budget budget(String owner) {
        return Objects.requireNonNull(budgets.get(owner), owner);
    }

    /** Posts a transaction with one transfer for each of these owners, whose budgets have been asked for. */
    void post(Kind kind, String editId, @Nullable String note, List<String> owners, Transfer transfer) {
        if (transfer.isNothing()) {
            return;
        }
        for (String owner : owners) {
            budgets.put(owner, budget(owner).after(transfer));
            changes.merge(owner, transfer, Transfer::plus);
        }
        postings.add(new Posting(kind, editId, clock.millis(), note, owners, transfer));
    }

    /** Writes what was posted. */
    void write() {
        if (postings.isEmpty()) {
            return;
        }
        long id = DirectSql.query(handle, "SELECT COALESCE(MAX(id), 0) FROM ledger_transactions",
                row -> row.getLong(1)).getFirst();
        List<@Nullable Object> transactions = new ArrayList<>();
        List<Object> entries = new ArrayList<>();
        for (Posting posting : postings) {
            long next = ++id;
            transactions.add(next);
            transactions.add(posting.kind().stored());
            transactions.add(posting.editId());
            transactions.add(posting.createdAt());
            transactions.add(posting.note());
            posting.owners().forEach(owner -> LedgerTables.addEntries(entries, next, owner, posting.transfer()));
        }
        List<Object> sums = new ArrayList<>();
        changes.forEach((owner, sum) -> LedgerTables.addChange(sums, owner, sum));
        inParts(transactions, TRANSACTION_COLUMNS, this::insertTransactions);
        inParts(entries, LedgerTables.ENTRY_COLUMNS, part -> LedgerTables.insertEntries(handle, part));
        inParts(sums, LedgerTables.CHANGE_COLUMNS, part -> LedgerTables.changeBudgets(handle, part));
    }

    private void insertTransactions(List<@Nullable Object> rows) {
        DirectSql.update(handle, "INSERT INTO ledger_transactions (id, kind, edit_id, created_at, note) VALUES "
                + LedgerTables.rows(rows.size() / TRANSACTION_COLUMNS, "(?, ?, ?, ?, ?)"), rows.toArray());
    }

    private static <T extends @Nullable Object> void inParts(List<T> values, int columns, Consumer<List<T>> insert) {
        int rows = values.size() / columns;
        int done = 0;
        while (done < rows) {
            int part = Math.min(MAX_ROWS, Integer.highestOneBit(rows - done));
            insert.accept(values.subList(done * columns, (done + part) * columns));
            done += part;
        }
    }
}
