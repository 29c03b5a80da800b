/**
 * Tasks: edits that run after their request was answered. Their rows are in the database and their images in the object
 * store until an instance has run them; clients poll and cancel them by id. It wraps the pipeline of
 * {@link dev.retouch.server.edit.EditService} and is called by {@code api}. The edit of a task is never dispatched
 * twice.
 */
@NullMarked
package dev.retouch.server.task;

import org.jspecify.annotations.NullMarked;
