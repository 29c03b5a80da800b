package dev.retouch.server.key;

import java.math.BigDecimal;

import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * The budgets of groups and keys, which begin and end with their owners in the same transaction.
 */
public interface OwnerAccounts {

    /**
     * Begins the budget of a new group at zero, whatever a deleted group of the same name has left.
     *
     * @param budget the first amount; null if the group is not limited
     * @return false if edits of the deleted group have not ended; then nothing is written
     * @throws ArithmeticException if the amount exceeds what a budget can hold
     */
    boolean openGroup(Handle handle, String name, @Nullable BigDecimal budget);

    /**
     * Begins the budget of a new key.
     *
     * @param budget the first amount; null if the key is not limited
     * @throws ArithmeticException if the amount exceeds what a budget can hold
     */
    void openKey(Handle handle, String id, @Nullable BigDecimal budget);

    /** Ends the budget of a deleted group, unless edits of the group have not ended. */
    void closeGroup(Handle handle, String name);
}
