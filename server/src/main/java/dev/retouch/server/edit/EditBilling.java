package dev.retouch.server.edit;

import java.util.Optional;
import java.util.Set;

import dev.retouch.server.billing.Budget;
import dev.retouch.server.billing.BudgetOwner;
import dev.retouch.server.billing.DeferredSettlement;
import dev.retouch.server.billing.HoldConditionException;
import dev.retouch.server.billing.HoldPolicy;
import dev.retouch.server.billing.HoldRequest;
import dev.retouch.server.billing.InsufficientBudgetException;
import dev.retouch.server.billing.Ledger;
import dev.retouch.server.billing.Money;
import dev.retouch.server.contract.model.ErrorMessage;
import dev.retouch.server.database.DatabaseUnavailableException;
import dev.retouch.server.error.ApiException;
import dev.retouch.server.exchange.DurableEdit;
import dev.retouch.server.exchange.EditRecord;
import dev.retouch.server.exchange.EditRecord.Phase;
import dev.retouch.server.key.ApiPrincipal;
import dev.retouch.server.model.PriceList;
import dev.retouch.server.price.PriceInput;
import dev.retouch.server.price.PriceRange;
import dev.retouch.server.price.Pricing;

/** Holds the maximum cost of an edit before its dispatch, and creates the charge that settles it. */
public final class EditBilling {

    private final Pricing pricing;
    private final Ledger ledger;
    private final DeferredSettlement settlement;
    private final HoldPolicy abandoned;

    /**
     * Bills edits in this ledger.
     *
     * @param abandoned how an edit is charged that was canceled before anything of an image arrived
     */
    public EditBilling(Pricing pricing, Ledger ledger, DeferredSettlement settlement, HoldPolicy abandoned) {
        this.pricing = pricing;
        this.ledger = ledger;
        this.settlement = settlement;
        this.abandoned = abandoned;
    }

    /**
     * Holds the maximum cost of an edit, and notes the hold and its end in the record of the edit.
     *
     * @param durable the row for which the edit runs, if it outlives its request: nothing is held unless the row still belongs to it
     * @throws ApiException if the budgets do not cover it
     */
    HeldEditCharge open(EditPlan plan, EditInputs inputs, ApiPrincipal principal, EditRecord record,
            Optional<DurableEdit> durable) {
        String editId = record.id();
        PriceInput edit = priced(plan, inputs);
        PriceList prices = plan.entry().prices();
        boolean free = principal.group().free();
        Money maxCost = free ? Money.ZERO : Money.of(pricing.quote(edit).maximum());
        HoldRequest order = new HoldRequest(editId, principal.key().rootKeyId(), principal.group().name(), plan.model(),
                prices.currency(), prices.version(), free, edit.count(), maxCost);
        try {
            record.timed(Phase.HOLD, () -> {
                hold(order, durable);
                return order;
            });
        } catch (HoldConditionException e) {
            throw durable.map(DurableEdit::lost).orElse(e);
        } catch (InsufficientBudgetException e) {
            throw new ApiException(ErrorMessage.BUDGET_IS_EXCEEDED).withArgument("worst", maxCost)
                    .withArgument("currency", prices.currency())
                    .withArgument("owner", BudgetOwner.isKey(e.owner()) ? "this key" : "this key's group");
        } catch (DatabaseUnavailableException e) {
            if (e.mayBeWritten()) { // and the edit is not dispatched
                settlement.withdraw(order, "the database was unavailable");
            }
            throw e;
        }
        record.held(maxCost.amount());
        return new HeldEditCharge(edit, record, free, maxCost, pricing, settlement, abandoned, durable);
    }

    private void hold(HoldRequest order, Optional<DurableEdit> durable) {
        if (durable.isPresent()) {
            ledger.hold(order, durable.get().dispatch());
        } else {
            ledger.hold(order);
        }
    }

    /** The price range of an edit. */
    EditQuote quote(EditPlan plan, EditInputs inputs, ApiPrincipal principal) {
        PriceList prices = plan.entry().prices();
        PriceRange range = pricing.quote(priced(plan, inputs));
        boolean covered = principal.group().free() || Set.of(BudgetOwner.ofKey(principal.key().rootKeyId()),
                BudgetOwner.ofGroup(principal.group().name())).stream().flatMap(owner -> ledger.budget(owner).stream())
                .allMatch(budget -> covers(budget, Money.of(range.maximum())));
        return new EditQuote(plan, prices.currency(), prices.version(), range, covered);
    }

    private static boolean covers(Budget budget, Money maxCost) {
        return !budget.limited() || budget.available().compareTo(maxCost) >= 0;
    }

    private PriceInput priced(EditPlan plan, EditInputs inputs) {
        return pricing.counted(new PriceInput(plan.entry(), plan.prompt(), plan.forwarded(), inputs.dimensions(),
                inputs.markupDimensions()));
    }
}
