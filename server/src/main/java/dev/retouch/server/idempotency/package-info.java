/**
 * One answer for one {@code Idempotency-Key}: the first request under a key runs, on a thread of its own so that it reaches its
 * end without its client, and what it ends in is kept and given to every other. Stands before the pipeline as
 * {@link dev.retouch.server.edit.Edits}; called by {@code api}, and by {@code task} where an edit becomes one. Rows are in the
 * database, bodies in files. Never looks into an edit.
 */
@NullMarked
package dev.retouch.server.idempotency;

import org.jspecify.annotations.NullMarked;
