package dev.retouch.server.billing;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.util.Optional;

import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** SQL on the table of operations with an id of their client, on a given handle. */
final class LedgerRequestTables {

    private final Clock clock;

    LedgerRequestTables(Clock clock) {
        this.clock = clock;
    }

    /**
     * An operation that was booked before.
     *
     * @param budget the budget that it returned; null if it returned none
     */
    record Booked(LedgerRequest request, @Nullable Budget budget) {}

    /**
     * Reserves the id of an operation in the caller's transaction. Concurrent transactions with the same id wait for each other.
     *
     * @return empty if the caller must book the operation, otherwise the same operation that was booked before
     * @throws RequestReusedException if the id was used for another operation
     */
    Optional<Booked> take(Handle handle, LedgerRequest request) {
        Money amount = request.amount();
        int inserted = handle.createUpdate("""
                INSERT INTO ledger_requests (id, operation, subject, amount, note, created_at)
                VALUES (:id, :operation, :subject, :amount, :note, :now) ON CONFLICT (id) DO NOTHING""")
                .bind("id", request.id()).bind("operation", request.operation()).bind("subject", request.subject())
                .bind("amount", amount == null ? null : (Long) amount.nanos()).bind("note", request.note())
                .bind("now", clock.millis()).execute();
        if (inserted > 0) {
            return Optional.empty();
        }
        Booked booked = handle.createQuery("SELECT * FROM ledger_requests WHERE id = :id").bind("id", request.id())
                .map((row, context) -> booked(row)).one();
        if (!booked.request().equals(request)) {
            throw new RequestReusedException(booked.request());
        }
        return Optional.of(booked);
    }

    /** Stores the budget that the operation returns. */
    void answer(Handle handle, String id, Budget budget) {
        handle.createUpdate("""
                UPDATE ledger_requests SET limited = :limited, available = :available, held = :held, spent = :spent
                WHERE id = :id""").bind("limited", budget.limited() ? 1 : 0)
                .bind("available", budget.available().nanos()).bind("held", budget.held().nanos())
                .bind("spent", budget.spent().nanos()).bind("id", id).execute();
    }

    private static Booked booked(ResultSet row) throws SQLException {
        long amount = row.getLong("amount");
        Money given = row.wasNull() ? null : new Money(amount);
        LedgerRequest request = new LedgerRequest(row.getString("id"), row.getString("operation"),
                row.getString("subject"), given, row.getString("note"));
        boolean limited = row.getInt("limited") != 0;
        return new Booked(request, row.wasNull()
                ? null
                : new Budget(request.subject(), limited, new Money(row.getLong("available")),
                        new Money(row.getLong("held")), new Money(row.getLong("spent"))));
    }
}
