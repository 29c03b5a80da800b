/**
 * Reads cases: text files that are turned into requests to send and checks of the responses. The command loads them and
 * the runner runs them. An error names the file, the case and the known names. This package sends nothing.
 */
@NullMarked
package dev.retouch.contract.conformance.cases;

import org.jspecify.annotations.NullMarked;
