package dev.retouch.server.billing;

import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

import dev.retouch.server.billing.CorrectionRefusedException.Reason;
import dev.retouch.server.billing.LedgerTables.Kind;
import dev.retouch.server.database.Database;
import dev.retouch.server.database.DirectSql;

/**
 * Money decisions of an administrator about single edits: an undecided edit is settled or released, a charged edit is refunded. Each is
 * one transaction that checks the state of the edit, so that {@link Reconciliation} and a late result of the edit cannot interfere:
 * whichever comes first counts. A request with an id is booked once.
 */
public final class CorrectionService {

    private final Database database;
    private final Ledger ledger;
    private final LedgerTables books;
    private final LedgerRequestTables requests;

    /** Books in this database. */
    public CorrectionService(Database database, Ledger ledger, Clock clock) {
        this.database = database;
        this.ledger = ledger;
        this.books = new LedgerTables(clock);
        this.requests = new LedgerRequestTables(clock);
    }

    /** The columns of an edit that decide about a correction. */
    private record Edit(HoldState state, Money held, Money cost, Money refunded, long created, String keyId,
            String group) {

        private List<String> owners() {
            return List.of(BudgetOwner.ofKey(keyId), BudgetOwner.ofGroup(group));
        }
    }

    /**
     * Charges an undecided edit.
     *
     * @param id the client's id of the request; empty if it has none
     * @param amount the cost, above zero and at most the hold; null for the whole hold
     * @return whether an earlier request with the same id was booked, and this one was not
     * @throws CorrectionRefusedException if the edit is not undecided, or the amount is not allowed
     * @throws RequestReusedException if the id was used for another request
     */
    public boolean settle(Optional<String> id, String editId, @Nullable Money amount, String note) {
        return once(id, "settle", editId, amount, note, handle -> {
            Edit edit = undecided(handle, editId);
            Money cost = amount == null ? edit.held() : amount;
            if (cost.compareTo(edit.held()) > 0 || (amount != null && !isPositive(amount))) {
                throw new CorrectionRefusedException(Reason.AMOUNT,
                        "it must be above zero and at most the hold of the edit, " + edit.held());
            }
            requireFirst(ledger.chargeUndecided(handle, editId, cost,
                    note.isEmpty() ? "settled by an administrator" : note));
        });
    }

    /**
     * Releases the hold of an undecided edit. See {@link #settle} for parameters and exceptions.
     *
     * @return whether an earlier request with the same id was booked, and this one was not
     */
    public boolean release(Optional<String> id, String editId, String note) {
        return once(id, "release", editId, null, note, handle -> {
            undecided(handle, editId);
            requireFirst(ledger.releaseUndecided(handle, editId,
                    note.isEmpty() ? "released by an administrator" : note));
        });
    }

    /**
     * Gives an amount of the cost of an edit back to both budgets.
     *
     * @param id the client's id of the request
     * @param amount above zero, and at most the cost minus earlier refunds; null for all of that
     * @return whether an earlier request with the same id was booked, and this one was not
     * @throws CorrectionRefusedException if the edit was not charged, its group was deleted, or the amount is not allowed
     * @throws RequestReusedException if the id was used for another request
     */
    public boolean refund(String id, String editId, @Nullable Money amount, String note) {
        return once(Optional.of(id), "refund", editId, amount, note, handle -> {
            Edit edit = find(handle, editId);
            Money left = edit.cost().minus(edit.refunded());
            if (edit.state() != HoldState.SETTLED || left.isZero()) {
                throw new CorrectionRefusedException(Reason.STATE, "the edit is '" + edit.state().stored()
                        + "' and has no charge left to refund");
            }
            // edits, budgets, then usage by day, as all writers lock; the row of the edit is locked since it was found
            List<Budget> budgets = books.lockBudgets(handle, edit.owners());
            if (wasClosedAfter(handle, edit)) {
                throw new CorrectionRefusedException(Reason.STATE,
                        "the group '" + edit.group() + "' of the edit was deleted");
            }
            Money refund = amount == null ? left : amount;
            if (!isPositive(refund) || refund.compareTo(left) > 0) {
                throw new CorrectionRefusedException(Reason.AMOUNT,
                        "it must be above zero and at most the charge that is left, " + left);
            }
            DirectSql.update(handle, "UPDATE edits SET refunded = refunded + ? WHERE id = ?", refund.nanos(), editId);
            books.post(handle, Kind.REFUND, editId, note.isEmpty() ? "refunded by an administrator" : note, budgets,
                    Transfer.refund(refund));
        });
    }

    private boolean once(Optional<String> id, String operation, String editId, @Nullable Money amount, String note,
            Consumer<Handle> booking) {
        return database.write(handle -> {
            boolean replayed = id.flatMap(
                    name -> requests.take(handle, new LedgerRequest(name, operation, editId, amount, note)))
                    .isPresent();
            if (!replayed) {
                booking.accept(handle);
            }
            return replayed;
        });
    }

    /** Rejects a decision about an edit that was decided since it was read. */
    private static void requireFirst(Ledger.Decision decision) {
        if (!decision.now()) {
            throw new CorrectionRefusedException(Reason.STATE, "the edit was decided at the same time");
        }
    }

    private static Edit undecided(Handle handle, String editId) {
        Edit edit = find(handle, editId);
        if (edit.state() != HoldState.UNDECIDED) {
            throw new CorrectionRefusedException(Reason.STATE,
                    "the edit is '" + edit.state().stored() + "', not undecided");
        }
        return edit;
    }

    private static boolean wasClosedAfter(Handle handle, Edit edit) {
        return handle.createQuery("SELECT count(*) FROM budgets WHERE owner = :owner AND closed_at >= :created")
                .bind("owner", BudgetOwner.ofGroup(edit.group())).bind("created", edit.created())
                .mapTo(Integer.class).one() > 0;
    }

    private static boolean isPositive(Money amount) {
        return amount.compareTo(Money.ZERO) > 0;
    }

    private static Edit find(Handle handle, String editId) {
        return handle
                .createQuery("""
                        SELECT state, held, cost, refunded, created_at, key_id, group_name FROM edits WHERE id = :id"""
                        + DirectSql.rowLock(handle))
                .bind("id", editId)
                .map((row, context) -> new Edit(HoldState.of(row.getString("state")), new Money(row.getLong("held")),
                        new Money(row.getLong("cost")), new Money(row.getLong("refunded")), row.getLong("created_at"),
                        row.getString("key_id"), row.getString("group_name")))
                .findOne().orElseThrow(() -> new CorrectionRefusedException(Reason.UNKNOWN, "there is no such edit"));
    }
}
