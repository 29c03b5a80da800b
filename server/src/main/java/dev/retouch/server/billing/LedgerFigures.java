package dev.retouch.server.billing;

import java.util.List;

import org.jdbi.v3.core.Handle;

import dev.retouch.server.database.Database;

/**
 * Sums of the ledger at one moment, for monitoring. Cheap to read; {@link LedgerVerifier} checks every transaction.
 *
 * @param groups the budgets of groups, ordered by owner
 * @param undecidedEdits the number of undecided edits
 * @param undecided the sum of their holds
 * @param imbalance the difference between the holds of open edits and the held amounts of their keys; zero in a sound ledger
 */
public record LedgerFigures(List<Budget> groups, long undecidedEdits, Money undecided, Money imbalance) {

    /** The figures of an empty ledger. */
    public static final LedgerFigures EMPTY = new LedgerFigures(List.of(), 0, Money.ZERO, Money.ZERO);

    /** The maximum number of groups that are read. */
    private static final int MAX_GROUPS = 1000;

    /** Copies the list. */
    public LedgerFigures {
        groups = List.copyOf(groups);
    }

    /** Reads the figures. */
    public static LedgerFigures read(Database database) {
        return database.read(LedgerFigures::read);
    }

    private static LedgerFigures read(Handle handle) {
        List<Budget> groups = handle.createQuery("""
                SELECT owner, limited, available, held, spent FROM budgets WHERE owner LIKE 'group:%'
                ORDER BY owner LIMIT :max""").bind("max", MAX_GROUPS)
                .map((row, context) -> LedgerTables.budget(row)).list();
        // a single statement, so that all sums are of one moment
        return handle.createQuery("""
                SELECT
                    (SELECT count(*) FROM edits WHERE state = 'undecided') AS edits,
                    (SELECT COALESCE(sum(held), 0) FROM edits WHERE state = 'undecided' AND free = 0) AS undecided,
                    (SELECT COALESCE(sum(held), 0) FROM edits WHERE state = 'held' AND free = 0)
                        + (SELECT COALESCE(sum(held), 0) FROM edits WHERE state = 'undecided' AND free = 0)
                        - (SELECT COALESCE(sum(held), 0) FROM budgets WHERE owner LIKE 'key:%') AS imbalance""")
                .map((row, context) -> new LedgerFigures(groups, row.getLong("edits"),
                        new Money(row.getLong("undecided")), new Money(row.getLong("imbalance"))))
                .one();
    }
}
