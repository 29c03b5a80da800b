/**
 * Runs cases one after the other: which of them may run, in what order, and how each ended. The command calls it, reports are
 * made of what it tells. It decides nothing about what is right; that is in the cases.
 */
@NullMarked
package dev.retouch.contract.conformance.run;

import org.jspecify.annotations.NullMarked;
