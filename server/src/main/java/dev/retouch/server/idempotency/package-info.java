/**
 * Idempotency keys: the first request with an {@code Idempotency-Key} runs, and its response is stored and replayed to
 * later requests. The edit runs on its own thread, so it completes although its client disconnects. It wraps the
 * pipeline as an {@link dev.retouch.server.edit.EditService}. {@code api} calls it, and {@code task} if an edit becomes
 * a task. Claims are in the database, bodies in the object store. It never looks into an edit.
 */
@NullMarked
package dev.retouch.server.idempotency;

import org.jspecify.annotations.NullMarked;
