/**
 * Edits that run on their own after the request that asked for them was answered: kept in the database, with their images in
 * files, until they have run, whichever instance that is; cancelled and told about by their id. Stands before the pipeline as
 * {@link dev.retouch.server.edit.Edits} do; called by {@code api}. No task is let through to an upstream twice.
 */
@NullMarked
package dev.retouch.server.task;

import org.jspecify.annotations.NullMarked;
