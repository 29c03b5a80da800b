package dev.retouch.server.observe;

import java.util.List;
import java.util.function.ToDoubleFunction;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.MultiGauge.Row;
import io.micrometer.core.instrument.Tags;

import dev.retouch.server.billing.Budget;
import dev.retouch.server.billing.LedgerFigures;
import dev.retouch.server.billing.Money;

/**
 * Shows the budgets of groups and the sums of the ledger. Every instance that shares a database shows the same values, so queries take
 * their maximum and not their sum. Budgets of groups above the bound of the label are left out.
 */
final class LedgerMetrics {

    private static final String GROUP = "group";
    private static final String OWNER = "group:";

    private final BoundedLabel groups;
    private final MultiGauge held;
    private final MultiGauge spent;
    private final MultiGauge remaining;
    private final MultiGauge limit;
    private volatile LedgerFigures current = LedgerFigures.EMPTY;

    LedgerMetrics(MeterRegistry meters, BoundedLabel groups, String currency) {
        this.groups = groups;
        Tags money = Tags.of("currency", currency);
        held = MultiGauge.builder("retouch.held.amount").description("Holds of edits that have not ended").tags(money)
                .register(meters);
        spent = MultiGauge.builder("retouch.spent.amount").description("Charges of all time").tags(money)
                .register(meters);
        remaining = MultiGauge.builder("retouch.budget.remaining").description("What limited budgets can still spend")
                .tags(money).register(meters);
        limit = MultiGauge.builder("retouch.budget.limit").description("What limited budgets were given")
                .tags(money).register(meters);
        Gauge.builder("retouch.undecided.edits", () -> current.undecidedEdits())
                .description("Edits whose outcome is unknown").register(meters);
        Gauge.builder("retouch.undecided.amount", () -> amount(current.undecided()))
                .description("Holds of undecided edits").tags(money).register(meters);
        Gauge.builder("retouch.ledger.imbalance", () -> amount(current.imbalance()))
                .description("Holds of open edits less the held amounts of budgets; 0 in a sound ledger").tags(money)
                .register(meters);
    }

    /** Shows new figures. */
    void show(LedgerFigures figures) {
        current = figures;
        List<Budget> known = figures.groups().stream().filter(budget -> groups.of(name(budget)).equals(name(budget)))
                .toList();
        List<Budget> limited = known.stream().filter(Budget::limited).toList();
        register(held, known, budget -> amount(budget.held()));
        register(spent, known, budget -> amount(budget.spent()));
        register(remaining, limited, budget -> amount(budget.available()));
        register(limit, limited,
                budget -> amount(budget.available().plus(budget.held()).plus(budget.spent())));
    }

    private static void register(MultiGauge gauge, List<Budget> budgets, ToDoubleFunction<Budget> value) {
        gauge.register(budgets.stream().map(budget -> Row.of(Tags.of(GROUP, name(budget)), value.applyAsDouble(budget)))
                .toList(), true);
    }

    private static String name(Budget budget) {
        return budget.owner().substring(OWNER.length());
    }

    private static double amount(Money money) {
        return money.amount().doubleValue();
    }
}
