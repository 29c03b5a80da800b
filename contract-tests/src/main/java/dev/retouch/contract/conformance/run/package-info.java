/**
 * Runs cases one after the other, and decides which may run and in which order. The command calls it, and the reports
 * are made from its outcomes. Expectations are in the cases, not here.
 */
@NullMarked
package dev.retouch.contract.conformance.run;

import org.jspecify.annotations.NullMarked;
