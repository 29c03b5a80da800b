package dev.retouch.server.edit;

import java.math.BigDecimal;
import java.util.List;
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
import dev.retouch.server.error.SentError;
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
    private final HeldEditCharge.Books books;
    private final HoldPolicy abandoned;

    /**
     * Bills edits in this ledger.
     *
     * @param abandoned how an edit is charged that was canceled before anything of an image arrived
     * @param errors returns the error that the client of a failed edit gets, to keep it with the edit
     */
    public EditBilling(Pricing pricing, Ledger ledger, DeferredSettlement settlement, HoldPolicy abandoned,
            SentError.Source errors) {
        this.pricing = pricing;
        this.ledger = ledger;
        this.books = new HeldEditCharge.Books(ledger, settlement, new EditReportWriter(errors));
        this.abandoned = abandoned;
    }

    /**
     * Holds the maximum cost of an edit by its dearest route, and notes the hold and its end in the record of the edit.
     *
     * @param routes the ways to run it; the first one goes first
     * @param durable the row for which the edit runs, if it outlives its request: nothing is held unless the row still belongs to it
     * @throws ApiException if the budgets do not cover it
     */
    HeldEditCharge open(List<EditRoute> routes, ApiPrincipal principal, EditRecord record,
            Optional<DurableEdit> durable) {
        String editId = record.id();
        List<PricedRoute> priced = routes.stream().map(this::priced).toList();
        EditPlan plan = routes.getFirst().plan();
        PriceList prices = plan.entry().prices();
        boolean free = principal.group().free();
        Money maxCost = free
                ? Money.ZERO
                : Money.of(priced.stream().map(route -> route.range().maximum()).reduce(BigDecimal::max).orElseThrow());
        HoldRequest order = new HoldRequest(editId, principal.key().rootKeyId(), principal.group().name(), plan.model(),
                prices.currency(), prices.version(), free, plan.images(), maxCost);
        try {
            record.timed(Phase.HOLD, () -> {
                hold(order, durable);
                return order;
            });
        } catch (HoldConditionException e) {
            throw durable.map(DurableEdit::lost).orElse(e);
        } catch (InsufficientBudgetException e) {
            throw new ApiException(ErrorMessage.BUDGET_IS_EXCEEDED).withArgument("maximum", maxCost)
                    .withArgument("currency", prices.currency())
                    .withArgument("owner", BudgetOwner.isKey(e.owner()) ? "this key" : "this key's group");
        } catch (DatabaseUnavailableException e) {
            if (e.mayBeWritten()) { // and the edit is not dispatched
                books.settlement().withdraw(order, "the database was unavailable");
            }
            throw e;
        }
        record.held(maxCost.amount());
        return new HeldEditCharge(priced, record, free, pricing, books, abandoned, durable);
    }

    private void hold(HoldRequest order, Optional<DurableEdit> durable) {
        if (durable.isPresent()) {
            ledger.hold(order, durable.get().dispatch());
        } else {
            ledger.hold(order);
        }
    }

    /** The price range of an edit, over all of its routes. */
    EditQuote quote(List<EditRoute> routes, ApiPrincipal principal) {
        EditPlan plan = routes.getFirst().plan();
        PriceList prices = plan.entry().prices();
        List<PriceRange> ranges = routes.stream().map(route -> priced(route).range()).toList();
        PriceRange range = new PriceRange(
                ranges.stream().map(PriceRange::minimum).reduce(BigDecimal::min).orElseThrow(),
                ranges.stream().map(PriceRange::maximum).reduce(BigDecimal::max).orElseThrow());
        boolean covered = principal.group().free() || Set.of(BudgetOwner.ofKey(principal.key().rootKeyId()),
                BudgetOwner.ofGroup(principal.group().name())).stream().flatMap(owner -> ledger.budget(owner).stream())
                .allMatch(budget -> covers(budget, Money.of(range.maximum())));
        return new EditQuote(plan, prices.currency(), prices.version(), range, covered);
    }

    private static boolean covers(Budget budget, Money maxCost) {
        return !budget.limited() || budget.available().compareTo(maxCost) >= 0;
    }

    /**
     * A route with its price.
     *
     * @param input what the price depends on
     * @param range what it can cost
     */
    record PricedRoute(EditPlan plan, PriceInput input, PriceRange range) {}

    private PricedRoute priced(EditRoute route) {
        EditPlan plan = route.plan();
        PriceInput input = pricing.counted(new PriceInput(plan.entry(), plan.prompt(), plan.forwarded(), route.images(),
                route.markup()));
        return new PricedRoute(plan, input, pricing.quote(input));
    }
}
