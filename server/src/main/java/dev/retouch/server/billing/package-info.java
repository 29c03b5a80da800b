/**
 * Budgets and the ledger: the maximum cost of an edit is held before dispatch, then charged or released when its
 * outcome is known. The ledger is append-only and double-entry. {@code edit} calls it for every edit, background jobs
 * of {@code app} for orphaned and undecided edits, and the admin API for budgets and reports. It never computes a
 * price, never uses floating point, and never changes a written transaction.
 */
@NullMarked
package dev.retouch.server.billing;

import org.jspecify.annotations.NullMarked;
