package dev.retouch.server.edit;

import java.util.Set;

import dev.retouch.server.billing.Budget;
import dev.retouch.server.billing.EditOrder;
import dev.retouch.server.billing.InsufficientBudgetException;
import dev.retouch.server.billing.Ledger;
import dev.retouch.server.billing.Money;
import dev.retouch.server.billing.Owner;
import dev.retouch.server.billing.SafeSettlement;
import dev.retouch.server.contract.model.ErrorMessage;
import dev.retouch.server.error.ApiException;
import dev.retouch.server.key.Caller;
import dev.retouch.server.model.PriceList;
import dev.retouch.server.policy.Undecided;
import dev.retouch.server.price.PriceRange;
import dev.retouch.server.price.PricedEdit;
import dev.retouch.server.price.Pricing;
import dev.retouch.server.store.DatabaseAwayException;

/** Where edits are paid: holds the most that one can cost before it is sent, and settles it when it is known. */
public final class Till {

    private final Pricing pricing;
    private final Ledger ledger;
    private final SafeSettlement settlement;
    private final Undecided abandoned;

    /**
     * A till that keeps its books in this ledger.
     *
     * @param abandoned what an edit costs that nobody waited for, and of which nothing had come
     */
    public Till(Pricing pricing, Ledger ledger, SafeSettlement settlement, Undecided abandoned) {
        this.pricing = pricing;
        this.ledger = ledger;
        this.settlement = settlement;
        this.abandoned = abandoned;
    }

    /** Holds the money; an edit that the budgets do not cover is refused. */
    OpenBill open(EditPlan plan, EditInputs inputs, Caller caller, String editId) {
        PricedEdit edit = priced(plan, inputs);
        PriceList prices = plan.entry().prices();
        boolean free = caller.group().free();
        Money worst = free ? Money.ZERO : Money.of(pricing.quote(edit).maximum());
        try {
            ledger.hold(new EditOrder(editId, caller.key().account(), caller.group().name(), plan.model(),
                    prices.currency(),
                    prices.version(), free, edit.count(), worst));
        } catch (InsufficientBudgetException e) {
            throw new ApiException(ErrorMessage.BUDGET_IS_EXCEEDED).with("worst", worst)
                    .with("currency", prices.currency())
                    .with("owner", Owner.isKey(e.owner()) ? "this key" : "this key's group");
        } catch (DatabaseAwayException e) {
            // it may have been written all the same, and this edit is not sent
            settlement.release(editId, "the database did not answer");
            throw e;
        }
        return new OpenBill(edit, editId, free, pricing, settlement, abandoned);
    }

    /** What an edit can cost. */
    EditQuote quote(EditPlan plan, EditInputs inputs, Caller caller) {
        PriceList prices = plan.entry().prices();
        PriceRange range = pricing.quote(priced(plan, inputs));
        boolean covered = caller.group().free() || Set.of(Owner.ofKey(caller.key().account()),
                Owner.ofGroup(caller.group().name())).stream().flatMap(owner -> ledger.budget(owner).stream())
                .allMatch(budget -> covers(budget, Money.of(range.maximum())));
        return new EditQuote(plan, prices.currency(), prices.version(), range, covered);
    }

    private static boolean covers(Budget budget, Money worst) {
        return !budget.limited() || budget.available().compareTo(worst) >= 0;
    }

    private static PricedEdit priced(EditPlan plan, EditInputs inputs) {
        return new PricedEdit(plan.entry(), plan.prompt(), plan.forwarded(), inputs.dimensions());
    }
}
