/**
 * Concurrency limits: how many edits of a key and of its group run at once. Further edits wait in a fair, bounded queue, in memory or
 * in PostgreSQL.
 *
 * <p>A {@link dev.retouch.server.admission.slot.Slot} is released exactly once, however the edit ends.
 */
@NullMarked
package dev.retouch.server.admission.slot;

import org.jspecify.annotations.NullMarked;
