package dev.retouch.server.billing;

import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import org.jdbi.v3.core.Handle;

import dev.retouch.server.billing.HoldOutcome.ClaimLost;
import dev.retouch.server.billing.HoldOutcome.Duplicate;
import dev.retouch.server.billing.HoldOutcome.Held;
import dev.retouch.server.billing.HoldOutcome.Insufficient;
import dev.retouch.server.billing.HoldOutcome.Overflow;
import dev.retouch.server.billing.LedgerTables.Kind;
import dev.retouch.server.database.DirectSql;
import dev.retouch.server.exchange.DurableEdit.Claim;

/**
 * Writes holds and ends with statements inside the process, which cost no round trip: the edits one by one, the ledger of a group together.
 * Only the single writer calls it.
 */
final class SqliteLedgerStatements implements LedgerStatements {

    private final Clock clock;
    private final String instance;
    private final LedgerTables books;

    SqliteLedgerStatements(Clock clock, String instance, LedgerTables books) {
        this.clock = clock;
        this.instance = instance;
        this.books = books;
    }

    private record Edit(String id, HoldState state, boolean free, Money held, Money cost, List<String> owners) {}

    @Override
    public List<HoldOutcome> hold(Handle handle, List<HoldRequest> requests) {
        SqlitePostings postings = new SqlitePostings(handle, clock, books);
        List<HoldOutcome> outcomes = new ArrayList<>();
        requests.forEach(request -> outcomes.add(hold(handle, request, postings)));
        postings.write();
        return outcomes;
    }

    @Override
    public List<EditEnd.Outcome> end(Handle handle, List<EditEnd> ends) {
        SqlitePostings postings = new SqlitePostings(handle, clock, books);
        List<EditEnd.Outcome> outcomes = new ArrayList<>();
        ends.forEach(end -> outcomes.add(end(handle, end, postings)));
        postings.write();
        return outcomes;
    }

    /** Refuses before anything is written, so that a refusal costs no rollback of its group. */
    private HoldOutcome hold(Handle handle, HoldRequest request, SqlitePostings postings) {
        List<String> owners = owners(request.keyId(), request.group());
        Transfer transfer = Transfer.hold(request.hold());
        List<Budget> budgets = request.free() ? List.of() : postings.budgets(owners);
        if (!request.free()) {
            for (Budget budget : budgets) {
                if (!budget.allows(request.hold())) {
                    return new Insufficient(budget.owner(), budget.available());
                }
            }
            if (!fits(budgets, transfer)) {
                return new Overflow(owners.getFirst());
            }
        }
        Claim claim = request.claim();
        if (claim != null) {
            if (find(handle, request.editId()).isPresent()) {
                return new Duplicate(); // before the claim is marked for it
            }
            if (!dispatchClaim(handle, claim, request.editId())) {
                return new ClaimLost();
            }
        }
        if (insert(handle, request) == 0) {
            return new Duplicate();
        }
        if (!request.free()) {
            postings.post(Kind.HOLD, request.editId(), null, owners, transfer);
        }
        return new Held();
    }

    private EditEnd.Outcome end(Handle handle, EditEnd end, SqlitePostings postings) {
        Optional<Edit> found = find(handle, end.editId());
        if (found.isEmpty()) {
            return new EditEnd.Outcome(EditEnd.Result.UNKNOWN, Money.ZERO);
        }
        Edit edit = found.get();
        if (!end.kind().appliesTo(edit.state())) {
            return new EditEnd.Outcome(EditEnd.Result.NOT_OPEN, edit.cost());
        }
        if (end.kind() == EditEnd.Kind.UNDECIDED) {
            decide(handle, end, HoldState.UNDECIDED, Money.ZERO);
            return new EditEnd.Outcome(EditEnd.Result.DONE, Money.ZERO);
        }
        boolean charges = end.kind().charges();
        Money asked = end.kind() == EditEnd.Kind.CHARGE_UNDECIDED ? edit.held() : end.cost();
        Money cost = edit.free() || !charges ? Money.ZERO : asked;
        Transfer transfer;
        try {
            transfer = charges ? Transfer.settle(edit.held(), cost) : Transfer.release(edit.held());
        } catch (ArithmeticException e) {
            return new EditEnd.Outcome(EditEnd.Result.OVERFLOW, edit.cost());
        }
        List<Budget> budgets = edit.free() || transfer.isNothing()
                ? List.of()
                : postings.budgets(edit.owners());
        if (!fits(budgets, transfer)) {
            return new EditEnd.Outcome(EditEnd.Result.OVERFLOW, edit.cost());
        }
        decide(handle, end, charges ? HoldState.SETTLED : HoldState.RELEASED, cost);
        if (!budgets.isEmpty()) {
            postings.post(charges ? Kind.SETTLE : Kind.RELEASE, edit.id(), end.note(), edit.owners(), transfer);
        }
        return new EditEnd.Outcome(EditEnd.Result.DONE, cost);
    }

    private static boolean fits(List<Budget> budgets, Transfer transfer) {
        try {
            budgets.forEach(budget -> budget.after(transfer));
            return true;
        } catch (ArithmeticException e) {
            return false;
        }
    }

    /** Marks the claim as dispatched, so that no other edit takes it over. Returns false if it has passed to another edit. */
    private static boolean dispatchClaim(Handle handle, Claim claim, String editId) {
        return DirectSql.update(handle, """
                UPDATE edit_answers SET dispatched = 1
                WHERE account = ? AND idempotency_key = ? AND edit_id = ? AND state = 'running'""", claim.account(),
                claim.idempotencyKey(), editId) == 1;
    }

    private void decide(Handle handle, EditEnd end, HoldState state, Money cost) {
        DeliveredUsage delivered = end.delivered();
        DirectSql.update(handle, """
                UPDATE edits SET state = ?, cost = ?, images_delivered = ?, text_input_tokens = ?,
                    image_input_tokens = ?, output_tokens = ?, cached_text_input_tokens = ?,
                    cached_image_input_tokens = ?, text_output_tokens = ?, decided_at = ?, note = ?,
                    report = COALESCE(?, report), upstream_id = COALESCE(?, upstream_id)
                WHERE id = ?""", state.stored(), cost.nanos(), delivered.images(), delivered.textInputTokens(),
                delivered.imageInputTokens(), delivered.outputTokens(), delivered.cachedTextInputTokens(),
                delivered.cachedImageInputTokens(), delivered.textOutputTokens(), clock.millis(), end.note(),
                end.document(), end.upstreamId(), end.editId());
        end.earlierUpstreamIds().forEach(id -> DirectSql.update(handle,
                "INSERT INTO edit_upstream_ids (edit_id, upstream_id) VALUES (?, ?) ON CONFLICT DO NOTHING",
                end.editId(), id));
    }

    private int insert(Handle handle, HoldRequest request) {
        return DirectSql.update(handle, """
                INSERT INTO edits (id, key_id, group_name, model, currency, price_version, free, state, held, cost,
                    images_asked, images_delivered, text_input_tokens, image_input_tokens, output_tokens, instance,
                    created_at)
                VALUES (?, ?, ?, ?, ?, ?, ?, 'held', ?, 0, ?, 0, 0, 0, 0, ?, ?) ON CONFLICT (id) DO NOTHING""",
                request.editId(), request.keyId(), request.group(), request.model(), request.currency(),
                request.priceVersion(), request.free() ? 1 : 0, request.hold().nanos(), request.imagesAsked(), instance,
                clock.millis());
    }

    private static Optional<Edit> find(Handle handle, String editId) {
        return DirectSql.query(handle, "SELECT state, free, held, cost, key_id, group_name FROM edits WHERE id = ?",
                row -> new Edit(editId, HoldState.of(row.getString(1)), row.getInt(2) != 0, new Money(row.getLong(3)),
                        new Money(row.getLong(4)), owners(row.getString(5), row.getString(6))),
                editId).stream().findFirst();
    }

    private static List<String> owners(String keyId, String group) {
        return List.of(BudgetOwner.ofKey(keyId), BudgetOwner.ofGroup(group));
    }
}
