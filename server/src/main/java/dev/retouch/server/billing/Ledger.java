package dev.retouch.server.billing;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

import dev.retouch.server.database.Database;
import dev.retouch.server.database.Database.Work;
import dev.retouch.server.database.DirectSql;
import dev.retouch.server.database.GroupedWrites;
import dev.retouch.server.exchange.DurableEdit.Claim;
import dev.retouch.server.exchange.DurableEdit.Dispatch;
import dev.retouch.server.exchange.DurableEdit.Mark;

/**
 * Holds, charges and releases the cost of edits on the budgets of their key and group. Each method is one atomic write,
 * durable when the method returns. In PostgreSQL, holds and ends of many edits are written by one statement. Methods that end an edit
 * have no effect on an edit that has ended. They may be called again if it is unknown whether the first call was written.
 */
public final class Ledger {

    /** How many statements may run at the same time when some of them wait for a budget. */
    private static final int LANES = 4;

    /** The number of budgets that are read by a query. */
    private static final int OWNERS = 1000;

    /** The instance of an edit whose hold was withdrawn; no instance has dispatched it. */
    private static final String NO_INSTANCE = "";

    private final Database database;
    private final Clock clock;
    private final LedgerTables books;
    private final LedgerStatements statements;
    private final GroupedWrites<LedgerWrite, LedgerWrite.Outcome> writes;
    private final Duration patience;

    /**
     * Creates a ledger in the database.
     *
     * @param instance the id of this instance; every edit is marked with it
     */
    public Ledger(Database database, Clock clock, String instance) {
        this.database = database;
        this.clock = clock;
        this.books = new LedgerTables(clock);
        this.statements = database.isShared()
                ? new PostgresLedgerStatements(clock, instance)
                : new SqliteLedgerStatements(clock, instance, books);
        this.writes = database.grouped(this::write, LedgerWrite::editId, LANES);
        this.patience = Database.timeout();
    }

    private Ledger(Ledger ledger, Duration patience) {
        this.database = ledger.database;
        this.clock = ledger.clock;
        this.books = ledger.books;
        this.statements = ledger.statements;
        this.writes = ledger.writes;
        this.patience = patience;
    }

    /** The result of ending an edit: whether this call wrote the end, and the final cost. */
    record Decision(boolean now, Money cost) {}

    /** The same ledger, for a caller that waits at most this time for an end if other machines are involved. */
    Ledger waiting(Duration atMost) {
        return database.isShared() ? new Ledger(this, atMost) : this;
    }

    /**
     * Holds the maximum cost of an edit on the budgets of its key and its group. After a
     * {@link dev.retouch.server.database.DatabaseUnavailableException} the hold may or may not be written: the edit
     * must not be dispatched, and its hold must be withdrawn.
     *
     * @throws InsufficientBudgetException if one of the budgets does not cover the maximum cost; nothing is written
     * then
     * @throws HoldConditionException if the request has a claim that has passed to another edit; nothing is written then
     * @throws ArithmeticException if a budget would overflow; nothing is written then
     */
    public void hold(HoldRequest request) {
        refuse((HoldOutcome) writes.write(request, Database.timeout()), request);
    }

    /**
     * Holds the maximum cost of an edit as {@link #hold(HoldRequest)} does, and marks the row for which it runs in the same
     * transaction.
     *
     * @throws HoldConditionException if the row does not belong to the edit any more; nothing is written then
     * @throws InsufficientBudgetException if one of the budgets does not cover the maximum cost; nothing is written
     * then
     */
    public void hold(HoldRequest request, Dispatch dispatch) {
        switch (dispatch) {
            case Claim claim -> hold(request.under(claim));
            case Mark(Work<Boolean> work) -> hold(request, work);
        }
    }

    private void hold(HoldRequest request, Work<Boolean> condition) {
        HoldOutcome outcome = database.write(handle -> {
            HoldOutcome held = statements.hold(handle, List.of(request)).getFirst();
            if (held instanceof HoldOutcome.Held && !condition.with(handle)) {
                throw new HoldConditionException();
            }
            return held;
        });
        refuse(outcome, request);
    }

    private static void refuse(HoldOutcome outcome, HoldRequest request) {
        switch (outcome) {
            case HoldOutcome.Held _ -> {}
            case HoldOutcome.Insufficient(String owner, Money _) -> throw new InsufficientBudgetException(owner);
            case HoldOutcome.Overflow(String owner) ->
                throw new ArithmeticException("the budget of " + owner + " is too large");
            case HoldOutcome.ClaimLost _ -> throw new HoldConditionException();
            case HoldOutcome.Duplicate _ ->
                throw new IllegalStateException("the ledger has an edit " + request.editId() + " already");
        }
    }

    /**
     * Releases the hold of an edit that was not dispatched, because its hold was not confirmed. Also takes effect if the hold is written
     * later than this: the edit is in the ledger then as released, without an amount.
     */
    public void withdraw(HoldRequest request, String note) {
        database.write(handle -> {
            if (insertWithdrawn(handle, request) == 0) {
                DirectSql.update(handle, "UPDATE edits SET instance = ? WHERE id = ? AND state = 'held'", NO_INSTANCE,
                        request.editId());
            }
            within(handle, EditEnd.release(request.editId(), note)); // counts in usage, as every end does
            return true;
        }, patience);
    }

    /**
     * Notes that a held edit is dispatched to another model than that of its request.
     *
     * @throws IllegalStateException if the edit is not held
     */
    public void changeModel(String editId, String model, String priceVersion) {
        int changed = database.write(handle -> DirectSql.update(handle,
                "UPDATE edits SET model = ?, price_version = ? WHERE id = ? AND state = 'held'", model, priceVersion,
                editId));
        if (changed == 0) {
            throw new IllegalStateException("the edit " + editId + " is not held");
        }
    }

    /** Charges an edit that delivered images, without a note. */
    public Money settle(String editId, DeliveredUsage delivered, Money cost) {
        return settle(editId, delivered, cost, null);
    }

    /**
     * Charges an edit that delivered images. What was held beyond the cost is available again; what it cost beyond the hold is
     * charged too, even if the budget becomes negative. A free edit costs nothing, whatever the cost parameter is.
     *
     * @param note for the ledger, where something about the cost needs a word; null otherwise
     * @return what it has cost in the end, which is something else where it had ended before
     * @throws IllegalArgumentException where no image was delivered, or the ledger has no such edit
     */
    public Money settle(String editId, DeliveredUsage delivered, Money cost, @Nullable String note) {
        return settle(EditEnd.settle(editId, delivered, cost, note), null);
    }

    /**
     * Charges an edit as {@link #settle(String, DeliveredUsage, Money, String)} does.
     *
     * @param also further work in the same transaction, which is also done if the edit had ended before; null for none
     */
    Money settle(EditEnd end, @Nullable Work<?> also) {
        refuseUnchargeable(end.delivered(), end.cost());
        if (also == null) {
            return existing(end(end), end.editId()).cost();
        }
        return database.write(handle -> {
            Money charged = existing(within(handle, end), end.editId()).cost();
            also.with(handle);
            return charged;
        }, patience);
    }

    /** Writes an end that charges nothing. Has no effect if the ledger has no such edit. */
    void write(EditEnd end) {
        end(end);
    }

    /** Releases the hold of an edit that delivered nothing. Has no effect if the ledger has no such edit. */
    public void release(String editId, String note) {
        write(EditEnd.release(editId, note));
    }

    /** Marks an edit as undecided: it was dispatched, and its outcome is unknown. Its hold stays. */
    public void markUndecided(String editId, String note) {
        write(EditEnd.undecided(editId, note));
    }

    /** The budget of an owner; empty if it has none. */
    public Optional<Budget> budget(String owner) {
        return database.read(handle -> handle
                .createQuery("SELECT owner, limited, available, held, spent FROM budgets WHERE owner = :owner")
                .bind("owner", owner).map((row, context) -> LedgerTables.budget(row)).findOne());
    }

    /** The budgets of these owners, by owner, read with one query for each thousand of them. */
    public Map<String, Budget> budgets(Collection<String> owners) {
        Map<String, Budget> found = new HashMap<>();
        List<String> all = List.copyOf(new TreeSet<>(owners));
        for (int from = 0; from < all.size(); from += OWNERS) {
            List<String> some = all.subList(from, Math.min(all.size(), from + OWNERS));
            database.read(handle -> handle.createQuery("""
                    SELECT owner, limited, available, held, spent FROM budgets WHERE owner IN (<owners>)""")
                    .bindList("owners", some).map((row, context) -> LedgerTables.budget(row)).list())
                    .forEach(budget -> found.put(budget.owner(), budget));
        }
        return found;
    }

    /** All budgets, ordered by owner. */
    public List<Budget> budgets() {
        return database.read(
                handle -> handle
                        .createQuery("SELECT owner, limited, available, held, spent FROM budgets ORDER BY owner")
                        .map((row, context) -> LedgerTables.budget(row)).list());
    }

    /** Whether an edit was ever held and its hold not withdrawn, read with the caller's handle. */
    public boolean hasHold(Handle handle, String editId) {
        return !DirectSql.query(handle, "SELECT id FROM edits WHERE id = ? AND instance <> ?", row -> row.getString(1),
                editId, NO_INSTANCE).isEmpty();
    }

    /** Charges the whole hold of an undecided edit, unless its outcome has become known. */
    Decision chargeUndecided(String editId, String note) {
        return decision(end(EditEnd.of(editId, EditEnd.Kind.CHARGE_UNDECIDED, note)));
    }

    /** Charges an undecided edit this cost, within the caller's transaction. */
    Decision chargeUndecided(Handle handle, String editId, Money cost, String note) {
        return decision(within(handle,
                new EditEnd(editId, EditEnd.Kind.SETTLE_UNDECIDED, DeliveredUsage.NOTHING, cost, note, null)));
    }

    /** Releases an undecided edit within the caller's transaction. */
    Decision releaseUndecided(Handle handle, String editId, String note) {
        return decision(within(handle, EditEnd.of(editId, EditEnd.Kind.RELEASE_UNDECIDED, note)));
    }

    /** Releases an undecided edit, unless its outcome has become known. */
    Decision releaseUndecided(String editId, String note) {
        return decision(end(EditEnd.of(editId, EditEnd.Kind.RELEASE_UNDECIDED, note)));
    }

    /** Marks an edit as undecided within the caller's transaction. */
    boolean markUndecided(Handle handle, String editId, String note) {
        return DirectSql.update(handle, """
                UPDATE edits SET state = 'undecided', decided_at = ?, note = ?
                WHERE id = ? AND state = 'held'""", clock.millis(), note, editId) > 0;
    }

    static void refuseUnchargeable(DeliveredUsage delivered, Money cost) {
        if (delivered.images() == 0) {
            throw new IllegalArgumentException("an edit without an image is released, not settled");
        }
        if (cost.isNegative()) {
            throw new IllegalArgumentException("an edit must not cost less than nothing");
        }
    }

    private static Decision decision(EditEnd.Outcome outcome) {
        return new Decision(outcome.result() == EditEnd.Result.DONE, outcome.cost());
    }

    private EditEnd.Outcome end(EditEnd end) {
        return checked((EditEnd.Outcome) writes.write(end, patience), end.editId());
    }

    /** Returns the outcomes in the order of the writes. */
    private List<LedgerWrite.Outcome> write(Handle handle, List<LedgerWrite> group) {
        List<EditEnd> ends = new ArrayList<>();
        List<HoldRequest> holds = new ArrayList<>();
        for (LedgerWrite write : group) {
            switch (write) {
                case EditEnd end -> ends.add(end);
                case HoldRequest request -> holds.add(request);
            }
        }
        List<LedgerWrite.Outcome> outcomes = statements.endAndHold(handle, ends, holds);
        Iterator<LedgerWrite.Outcome> ofEnds = outcomes.subList(0, ends.size()).iterator();
        Iterator<LedgerWrite.Outcome> ofHolds = outcomes.subList(ends.size(), outcomes.size()).iterator();
        return group.stream().map(write -> write instanceof EditEnd ? ofEnds.next() : ofHolds.next()).toList();
    }

    private EditEnd.Outcome within(Handle handle, EditEnd end) {
        return checked(statements.end(handle, List.of(end)).getFirst(), end.editId());
    }

    private static EditEnd.Outcome checked(EditEnd.Outcome outcome, String editId) {
        if (outcome.result() == EditEnd.Result.OVERFLOW) {
            throw new ArithmeticException("a budget of edit " + editId + " is too large");
        }
        return outcome;
    }

    private static EditEnd.Outcome existing(EditEnd.Outcome outcome, String editId) {
        if (outcome.result() == EditEnd.Result.UNKNOWN) {
            throw new IllegalArgumentException("the ledger has no edit " + editId);
        }
        return outcome;
    }

    private int insertWithdrawn(Handle handle, HoldRequest request) {
        return DirectSql.update(handle,
                """
                        INSERT INTO edits (id, key_id, group_name, model, currency, price_version, free, state, held, cost,
                            images_asked, images_delivered, text_input_tokens, image_input_tokens, output_tokens, instance,
                            created_at)
                        VALUES (?, ?, ?, ?, ?, ?, ?, 'held', 0, 0, ?, 0, 0, 0, 0, ?, ?) ON CONFLICT (id) DO NOTHING""",
                request.editId(), request.keyId(), request.group(), request.model(), request.currency(),
                request.priceVersion(), request.free() ? 1 : 0, request.imagesAsked(), NO_INSTANCE, clock.millis());
    }
}
