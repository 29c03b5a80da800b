/**
 * Requests made by chance from the document, right, nearly right and hostile, and what must be so whatever comes in. Only the
 * gateway of the test itself is attacked.
 */
@NullMarked
package dev.retouch.contract.fuzz;

import org.jspecify.annotations.NullMarked;
