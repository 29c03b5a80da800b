/** Asking again, and asking for later: keys under which an edit runs once, and edits that become tasks. */
@NullMarked
package dev.retouch.contract.idempotency;

import org.jspecify.annotations.NullMarked;
