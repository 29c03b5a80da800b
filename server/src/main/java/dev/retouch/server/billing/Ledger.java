package dev.retouch.server.billing;

import java.time.Clock;
import java.util.List;
import java.util.Optional;

import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

import dev.retouch.server.billing.Books.Kind;
import dev.retouch.server.store.Database;

/**
 * What edits cost, and what their owners have. Each method is one write: all of it or nothing, and durable when it returns.
 * Those that end an edit have no effect on one that has ended, so they may be called again where nobody knows whether they
 * were heard.
 */
public final class Ledger {

    private final Database database;
    private final Clock clock;
    private final String instance;
    private final Books books;

    /**
     * The ledger in a database.
     *
     * @param instance the id of this process, with which its edits are marked
     */
    public Ledger(Database database, Clock clock, String instance) {
        this.database = database;
        this.clock = clock;
        this.instance = instance;
        this.books = new Books(clock);
    }

    private record Edit(String id, EditState state, boolean free, Money held, Money cost, List<String> owners) {}

    /** Whether an edit's end was written now, and what it has cost in the end. */
    record Decision(boolean now, Money cost) {}

    /**
     * Holds what an edit may cost, in the budgets of its key and its group. Where this ends in
     * {@link dev.retouch.server.store.DatabaseAwayException}, nobody knows whether it was written: the edit must not be sent,
     * and must be released.
     *
     * @throws InsufficientBudgetException where one of them has less left; nothing is written then
     */
    public void hold(EditOrder order) {
        database.write(handle -> {
            insert(handle, order);
            if (!order.free()) {
                List<Budget> budgets = books.open(handle, owners(order.keyId(), order.group()));
                for (Budget budget : budgets) {
                    if (!budget.allows(order.hold())) {
                        throw new InsufficientBudgetException(budget.owner());
                    }
                }
                books.post(handle, Kind.HOLD, order.editId(), null, budgets, Move.hold(order.hold()));
            }
            return true;
        });
    }

    /**
     * Charges an edit that delivered images. What was held beyond the cost is available again; what it cost beyond the hold is
     * charged too, even where that leaves less than nothing. A free edit costs nothing whatever is said here.
     *
     * @return what it has cost in the end, which is something else where it had ended before
     * @throws IllegalArgumentException where no image was delivered, or the ledger has no such edit
     */
    public Money settle(String editId, Delivered delivered, Money cost) {
        refuseUnchargeable(delivered, cost);
        return database.write(handle -> {
            Edit edit = find(handle, editId)
                    .orElseThrow(() -> new IllegalArgumentException("the ledger has no edit " + editId));
            return settle(handle, edit, delivered, cost, null).cost();
        });
    }

    /** Gives back what was held for an edit that delivered nothing. No effect where the ledger has no such edit. */
    public void release(String editId, String note) {
        database.write(handle -> find(handle, editId).map(edit -> release(handle, edit, note)).isPresent());
    }

    /** Marks an edit that was sent and of which nobody knows what became; what is held for it stays held. */
    public void undecided(String editId, String note) {
        database.write(handle -> mark(handle, editId, note));
    }

    /** Gives an owner this much more, or takes it away where it is below zero. From now on the owner is limited. */
    public void fund(String owner, Money amount, String note) {
        if (amount.isZero()) {
            throw new IllegalArgumentException("the amount must not be zero");
        }
        Kind kind = amount.isNegative() ? Kind.WITHDRAW : Kind.FUND;
        database.write(handle -> {
            books.post(handle, kind, null, note, books.open(handle, List.of(owner)), Move.fund(amount));
            books.limit(handle, owner, true);
            return true;
        });
    }

    /** Says whether an owner's edits are refused where its budget is not enough. */
    public void limit(String owner, boolean limited) {
        database.write(handle -> {
            books.limit(handle, owner, limited);
            return true;
        });
    }

    /** The budget of one owner, if it has one. */
    public Optional<Budget> budget(String owner) {
        return database.read(handle -> handle
                .createQuery("SELECT owner, limited, available, held, spent FROM budgets WHERE owner = :owner")
                .bind("owner", owner).map((row, context) -> Books.budget(row)).findOne());
    }

    /** Every budget, by owner. */
    public List<Budget> budgets() {
        return database.read(
                handle -> handle
                        .createQuery("SELECT owner, limited, available, held, spent FROM budgets ORDER BY owner")
                        .map((row, context) -> Books.budget(row)).list());
    }

    /** Whether an edit was ever let through to an upstream, as of somebody's own read or write. */
    public boolean knows(Handle handle, String editId) {
        return find(handle, editId).isPresent();
    }

    /** Charges all that is held for an edit of which nobody knows, unless its end has become known. */
    Decision chargeUndecided(String editId, String note) {
        return database.write(handle -> find(handle, editId).filter(edit -> edit.state() == EditState.UNDECIDED)
                .map(edit -> settle(handle, edit, Delivered.NOTHING, edit.held(), note))
                .orElse(new Decision(false, Money.ZERO)));
    }

    /** Releases an edit of which nobody knows, unless its end has become known. */
    Decision releaseUndecided(String editId, String note) {
        return database.write(handle -> find(handle, editId).filter(edit -> edit.state() == EditState.UNDECIDED)
                .map(edit -> release(handle, edit, note)).orElse(new Decision(false, Money.ZERO)));
    }

    /** Marks within a write. */
    boolean mark(Handle handle, String editId, String note) {
        return handle.createUpdate("""
                UPDATE edits SET state = 'undecided', decided_at = :now, note = :note
                WHERE id = :id AND state = 'held'""").bind("now", clock.millis()).bind("note", note).bind("id", editId)
                .execute() > 0;
    }

    static void refuseUnchargeable(Delivered delivered, Money cost) {
        if (delivered.images() == 0) {
            throw new IllegalArgumentException("an edit without an image is released, not settled");
        }
        if (cost.isNegative()) {
            throw new IllegalArgumentException("an edit must not cost less than nothing");
        }
    }

    private Decision settle(Handle handle, Edit edit, Delivered delivered, Money asked, @Nullable String note) {
        if (!edit.state().isOpen()) {
            return new Decision(false, edit.cost());
        }
        Money cost = edit.free() ? Money.ZERO : asked;
        decide(handle, edit, EditState.SETTLED, delivered, cost, note);
        books.post(handle, Kind.SETTLE, edit.id(), note, books.open(handle, edit.owners()),
                Move.settle(edit.held(), cost));
        return new Decision(true, cost);
    }

    private Decision release(Handle handle, Edit edit, String note) {
        if (!edit.state().isOpen()) {
            return new Decision(false, edit.cost());
        }
        decide(handle, edit, EditState.RELEASED, Delivered.NOTHING, Money.ZERO, note);
        books.post(handle, Kind.RELEASE, edit.id(), note, books.open(handle, edit.owners()),
                Move.release(edit.held()));
        return new Decision(true, Money.ZERO);
    }

    private void decide(Handle handle, Edit edit, EditState state, Delivered delivered, Money cost,
            @Nullable String note) {
        handle.createUpdate("""
                UPDATE edits SET state = :state, cost = :cost, images_delivered = :images,
                    text_input_tokens = :text, image_input_tokens = :input, output_tokens = :output,
                    decided_at = :now, note = :note
                WHERE id = :id""").bind("state", state.stored()).bind("cost", cost.nanos())
                .bind("images", delivered.images()).bind("text", delivered.textInputTokens())
                .bind("input", delivered.imageInputTokens()).bind("output", delivered.outputTokens())
                .bind("now", clock.millis()).bind("note", note).bind("id", edit.id()).execute();
    }

    private void insert(Handle handle, EditOrder order) {
        handle.createUpdate("""
                INSERT INTO edits (id, key_id, group_name, model, currency, price_version, free, state, held, cost,
                    images_asked, images_delivered, text_input_tokens, image_input_tokens, output_tokens, instance,
                    created_at)
                VALUES (:id, :key, :group, :model, :currency, :version, :free, 'held', :held, 0,
                    :images, 0, 0, 0, 0, :instance, :now)""").bind("id", order.editId()).bind("key", order.keyId())
                .bind("group", order.group()).bind("model", order.model()).bind("currency", order.currency())
                .bind("version", order.priceVersion()).bind("free", order.free() ? 1 : 0)
                .bind("held", order.hold().nanos()).bind("images", order.imagesAsked()).bind("instance", instance)
                .bind("now", clock.millis()).execute();
    }

    private static Optional<Edit> find(Handle handle, String editId) {
        return handle.createQuery("SELECT state, free, held, cost, key_id, group_name FROM edits WHERE id = :id")
                .bind("id", editId)
                .map((row, context) -> new Edit(editId, EditState.of(row.getString("state")), row.getInt("free") != 0,
                        new Money(row.getLong("held")), new Money(row.getLong("cost")),
                        owners(row.getString("key_id"), row.getString("group_name"))))
                .findOne();
    }

    private static List<String> owners(String keyId, String group) {
        return List.of(Owner.ofKey(keyId), Owner.ofGroup(group));
    }
}
