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
import org.jdbi.v3.core.statement.PreparedBatch;
import org.jspecify.annotations.Nullable;

/**
 * The one place that adds to the ledger, and keeps the budgets as it adds up. Works within a write of the database: those of
 * all instances follow one another, so what is read here cannot change before it is written.
 */
final class Books {

    private final Clock clock;

    Books(Clock clock) {
        this.clock = clock;
    }

    /** Why money moves. */
    enum Kind {
        FUND, WITHDRAW, HOLD, SETTLE, RELEASE;

        String stored() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** The budgets of these owners, in their order; an owner without one gets one that is not limited. */
    List<Budget> open(Handle handle, List<String> owners) {
        Map<String, Budget> known = handle
                .createQuery("SELECT owner, limited, available, held, spent FROM budgets WHERE owner IN (<owners>)")
                .bindList("owners", owners).map((row, context) -> budget(row)).stream()
                .collect(Collectors.toMap(Budget::owner, Function.identity()));
        List<Budget> budgets = new ArrayList<>();
        for (String owner : owners) {
            Budget budget = known.get(owner);
            budgets.add(budget == null ? begin(handle, owner) : budget);
        }
        return budgets;
    }

    /** Moves money in the accounts of each of these owners alike. */
    void post(Handle handle, Kind kind, @Nullable String editId, @Nullable String note, List<Budget> budgets,
            Move move) {
        if (move.isNothing()) {
            return;
        }
        // SQLite would go on in floating point where a sum grows too large, so it is tried here first
        List<String> owners = budgets.stream().map(budget -> budget.after(move).owner()).toList();
        long id = handle.createQuery("""
                INSERT INTO ledger_transactions (id, kind, edit_id, created_at, note)
                SELECT COALESCE(MAX(id), 0) + 1, :kind, :edit, :now, :note FROM ledger_transactions
                RETURNING id""").bind("kind", kind.stored()).bind("edit", editId).bind("now", clock.millis())
                .bind("note", note).mapTo(Long.class).one();
        PreparedBatch entries = handle.prepareBatch(
                "INSERT INTO ledger_entries (transaction_id, owner, account, amount) VALUES (?, ?, ?, ?)");
        for (String owner : owners) {
            move.lines().forEach(line -> entries.add(id, owner, line.account(), line.amount().nanos()));
        }
        entries.execute();
        handle.createUpdate("""
                UPDATE budgets SET available = available + :available, held = held + :held, spent = spent + :spent
                WHERE owner IN (<owners>)""").bind("available", move.available().nanos())
                .bind("held", move.held().nanos()).bind("spent", move.spent().nanos()).bindList("owners", owners)
                .execute();
    }

    void limit(Handle handle, String owner, boolean limited) {
        open(handle, List.of(owner));
        handle.createUpdate("UPDATE budgets SET limited = :limited WHERE owner = :owner")
                .bind("limited", limited ? 1 : 0).bind("owner", owner).execute();
    }

    static Budget budget(ResultSet row) throws SQLException {
        return new Budget(row.getString("owner"), row.getInt("limited") != 0, new Money(row.getLong("available")),
                new Money(row.getLong("held")), new Money(row.getLong("spent")));
    }

    private static Budget begin(Handle handle, String owner) {
        handle.execute("INSERT INTO budgets (owner, limited, available, held, spent) VALUES (?, 0, 0, 0, 0)", owner);
        return Budget.unlimited(owner);
    }
}
