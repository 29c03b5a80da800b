package dev.retouch.server.billing;

import java.math.BigInteger;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Stream;

import org.jdbi.v3.core.Handle;

/** Reads all budgets, and whether they are what the transactions and the edits on their way add up to. */
final class BudgetCheck {

    private final Handle handle;
    private final Problems problems;
    private final Totals accounts;
    private final Totals edits;

    BudgetCheck(Handle handle, Problems problems, Totals accounts, Totals edits) {
        this.handle = handle;
        this.problems = problems;
        this.accounts = accounts;
        this.edits = edits;
    }

    void run() {
        Set<String> missing = new HashSet<>(accounts.owners());
        missing.addAll(edits.owners());
        try (Stream<Budget> budgets = handle.createQuery("SELECT owner, limited, available, held, spent FROM budgets")
                .map((row, context) -> Books.budget(row)).stream()) {
            budgets.forEach(budget -> {
                missing.remove(budget.owner());
                compare(budget, "available", budget.available(), accounts, "transactions");
                compare(budget, "held", budget.held(), accounts, "transactions");
                compare(budget, "spent", budget.spent(), accounts, "transactions");
                compare(budget, "held", budget.held(), edits, "edits on their way");
            });
        }
        missing.stream().filter(owner -> edits.of(owner, "held").signum() != 0 || accounts.owners().contains(owner))
                .sorted().forEach(owner -> problems.add("the ledger has " + owner + ", which has no budget"));
    }

    private void compare(Budget budget, String account, Money amount, Totals totals, String of) {
        BigInteger sum = totals.of(budget.owner(), account);
        if (!sum.equals(BigInteger.valueOf(amount.nanos()))) {
            problems.add("the budget of " + budget.owner() + " says " + amount + " " + account + ", and the " + of
                    + " add up to " + Totals.text(sum));
        }
    }
}
