package dev.retouch.server.billing;

import java.math.BigInteger;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Stream;

import org.jdbi.v3.core.Handle;

/** Compares every budget with the sums of the ledger's transactions and with the holds of edits that have not ended. */
final class BudgetVerifier {

    private final Handle handle;
    private final VerificationFindings findings;
    private final AccountTotals accounts;
    private final AccountTotals edits;

    BudgetVerifier(Handle handle, VerificationFindings findings, AccountTotals accounts, AccountTotals edits) {
        this.handle = handle;
        this.findings = findings;
        this.accounts = accounts;
        this.edits = edits;
    }

    void run() {
        Set<String> missing = new HashSet<>(accounts.owners());
        missing.addAll(edits.owners());
        try (Stream<Budget> budgets = handle.createQuery("SELECT owner, limited, available, held, spent FROM budgets")
                .map((row, context) -> LedgerTables.budget(row)).stream()) {
            budgets.forEach(budget -> {
                missing.remove(budget.owner());
                compare(budget, "available", budget.available(), accounts, "transactions");
                compare(budget, "held", budget.held(), accounts, "transactions");
                compare(budget, "spent", budget.spent(), accounts, "transactions");
                compare(budget, "held", budget.held(), edits, "edits that have not ended");
            });
        }
        missing.stream().filter(owner -> edits.of(owner, "held").signum() != 0 || accounts.owners().contains(owner))
                .sorted().forEach(owner -> findings.add("the ledger has " + owner + ", which has no budget"));
    }

    private void compare(Budget budget, String account, Money amount, AccountTotals totals, String of) {
        BigInteger sum = totals.of(budget.owner(), account);
        if (!sum.equals(BigInteger.valueOf(amount.nanos()))) {
            findings.add("the budget of " + budget.owner() + " says " + amount + " " + account + ", and the " + of
                    + " add up to " + AccountTotals.text(sum));
        }
    }
}
