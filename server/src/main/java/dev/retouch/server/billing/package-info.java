/**
 * Money that cannot be lost: what an edit may cost is held before it is sent, and charged or given back when its end is
 * known, in a ledger of double entry to which is only ever added. Called by {@code edit} for every edit, by the housekeeping
 * of {@code app} for those that nobody ended, and by the administration for budgets and reports. Never works out a price,
 * never counts in floating point, and never changes what is written in the ledger.
 */
@NullMarked
package dev.retouch.server.billing;

import org.jspecify.annotations.NullMarked;
