package dev.retouch.server.billing;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

import dev.retouch.server.database.DirectSql;

/**
 * Reads and writes the tables of budgets and ledger transactions. Statements that both kinds of database understand. Must
 * be used within a write of the database. Budgets that were read are locked until its end, so they cannot change before they are
 * written.
 */
final class LedgerTables {

    /** Values of a row of {@link #insertEntries}. */
    static final int ENTRY_COLUMNS = 4;
    /** Values of a row of {@link #changeBudgets}. */
    static final int CHANGE_COLUMNS = 4;

    private final Clock clock;

    LedgerTables(Clock clock) {
        this.clock = clock;
    }

    /** The kind of a transaction. */
    enum Kind {
        FUND, WITHDRAW, HOLD, SETTLE, RELEASE, REFUND, CLOSE;

        String stored() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * Returns the budgets of these owners in the same order, and locks them in the order of owners. An owner without a budget has an
     * unlimited one.
     */
    List<Budget> lockBudgets(Handle handle, List<String> owners) {
        Map<String, Budget> known = DirectSql.query(handle,
                "SELECT owner, limited, available, held, spent FROM budgets WHERE owner IN (" + rows(owners.size(), "?")
                        + ") ORDER BY owner" + DirectSql.rowLock(handle),
                LedgerTables::budget, owners.toArray()).stream()
                .collect(Collectors.toMap(Budget::owner, Function.identity()));
        return owners.stream().map(owner -> known.getOrDefault(owner, Budget.unlimited(owner))).toList();
    }

    /** Posts a transaction with one transfer for each of these budgets, and creates those that do not exist. */
    void post(Handle handle, Kind kind, @Nullable String editId, @Nullable String note, List<Budget> budgets,
            Transfer transfer) {
        if (transfer.isNothing()) {
            return;
        }
        // checked before the update, because SQLite switches to floating point if a sum overflows
        List<String> owners = budgets.stream().map(budget -> budget.after(transfer).owner()).toList();
        // PostgreSQL numbers transactions itself
        long id = DirectSql.query(handle, """
                INSERT INTO ledger_transactions (id, kind, edit_id, created_at, note)
                SELECT COALESCE(MAX(id), 0) + 1, ?, ?, ?, ? FROM ledger_transactions
                RETURNING id""", row -> row.getLong(1), kind.stored(), editId, clock.millis(), note).getFirst();
        List<Object> entries = new ArrayList<>();
        owners.forEach(owner -> addEntries(entries, id, owner, transfer));
        insertEntries(handle, entries);
        List<Object> changes = new ArrayList<>();
        owners.forEach(owner -> addChange(changes, owner, transfer));
        changeBudgets(handle, changes);
    }

    /** Adds the values of {@link #insertEntries} for the transfer of one owner. */
    static void addEntries(List<Object> entries, long transaction, String owner, Transfer transfer) {
        for (Transfer.Line line : transfer.lines()) {
            entries.add(transaction);
            entries.add(owner);
            entries.add(line.account());
            entries.add(line.amount().nanos());
        }
    }

    static void insertEntries(Handle handle, List<Object> entries) {
        DirectSql.update(handle, "INSERT INTO ledger_entries (transaction_id, owner, account, amount) VALUES "
                + rows(entries.size() / ENTRY_COLUMNS, "(?, ?, ?, ?)"), entries.toArray());
    }

    /** Adds the values of {@link #changeBudgets} for the transfer of one owner. */
    static void addChange(List<Object> changes, String owner, Transfer transfer) {
        changes.add(owner);
        changes.add(transfer.available().nanos());
        changes.add(transfer.held().nanos());
        changes.add(transfer.spent().nanos());
    }

    static void changeBudgets(Handle handle, List<Object> changes) {
        DirectSql.update(handle, "INSERT INTO budgets (owner, limited, available, held, spent) VALUES "
                + rows(changes.size() / CHANGE_COLUMNS, "(?, 0, ?, ?, ?)") + """
                        ON CONFLICT (owner) DO UPDATE SET available = budgets.available + EXCLUDED.available,
                           held = budgets.held + EXCLUDED.held, spent = budgets.spent + EXCLUDED.spent""",
                changes.toArray());
    }

    /** Adds an amount to an owner's budget, or withdraws it if it is negative. The owner is limited afterwards. */
    void fund(Handle handle, String owner, Money amount, String note) {
        post(handle, amount.isNegative() ? Kind.WITHDRAW : Kind.FUND, null, note,
                lockBudgets(handle, List.of(owner)), Transfer.fund(amount));
        limit(handle, owner, true);
    }

    /**
     * Brings the budget of an owner that no longer exists to zero and removes its limit. The ledger keeps its history.
     *
     * @return false if the budget has holds; then nothing is written
     */
    boolean close(Handle handle, String owner, String note) {
        Budget budget = lockBudgets(handle, List.of(owner)).getFirst();
        if (!budget.held().isZero()) {
            return false;
        }
        post(handle, Kind.CLOSE, null, note, List.of(budget), Transfer.close(budget.available(), budget.spent()));
        handle.createUpdate("UPDATE budgets SET limited = 0, closed_at = :now WHERE owner = :owner")
                .bind("now", clock.millis()).bind("owner", owner).execute();
        return true;
    }

    /** So many rows of values for a statement. */
    static String rows(int count, String row) {
        return count == 1 ? row : row + (", " + row).repeat(count - 1);
    }

    void limit(Handle handle, String owner, boolean limited) {
        DirectSql.update(handle, """
                INSERT INTO budgets (owner, limited, available, held, spent) VALUES (?, ?, 0, 0, 0)
                ON CONFLICT (owner) DO UPDATE SET limited = EXCLUDED.limited""", owner, limited ? 1 : 0);
    }

    /**
     * The budget of a row with the columns owner, limited, available, held and spent in this order. Looking up their names would cost a call
     * of the database for each of them.
     */
    static Budget budget(ResultSet row) throws SQLException {
        return new Budget(row.getString(1), row.getInt(2) != 0, new Money(row.getLong(3)), new Money(row.getLong(4)),
                new Money(row.getLong(5)));
    }
}
