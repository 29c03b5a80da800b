package dev.retouch.server.billing;

import java.math.BigDecimal;
import java.time.Clock;

import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

import dev.retouch.server.key.OwnerAccounts;

/** Begins and ends budgets in the ledger, in the transaction that creates or deletes their owners. */
public final class BudgetAccounts implements OwnerAccounts {

    private static final String FIRST = "first amount";
    private static final String DELETED = "the group was deleted";

    private final LedgerTables books;

    /** Books at the times of this clock. */
    public BudgetAccounts(Clock clock) {
        this.books = new LedgerTables(clock);
    }

    @Override
    public boolean openGroup(Handle handle, String name, @Nullable BigDecimal budget) {
        String owner = BudgetOwner.ofGroup(name);
        if (!books.close(handle, owner, DELETED)) {
            return false;
        }
        fund(handle, owner, budget);
        return true;
    }

    @Override
    public void openKey(Handle handle, String id, @Nullable BigDecimal budget) {
        fund(handle, BudgetOwner.ofKey(id), budget);
    }

    @Override
    public void closeGroup(Handle handle, String name) {
        books.close(handle, BudgetOwner.ofGroup(name), DELETED);
    }

    private void fund(Handle handle, String owner, @Nullable BigDecimal budget) {
        if (budget != null) {
            books.fund(handle, owner, Money.of(budget), FIRST);
        }
    }
}
