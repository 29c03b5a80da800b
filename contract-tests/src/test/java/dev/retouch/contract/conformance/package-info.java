/**
 * The conformance report, run as people run it: against the gateway itself, against the strict mock upstream, and against endpoints
 * that answer wrongly, slowly, or with malice.
 */
@NullMarked
package dev.retouch.contract.conformance;

import org.jspecify.annotations.NullMarked;
