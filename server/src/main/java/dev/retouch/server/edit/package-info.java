/**
 * What the product is about: an edit from the request as it was read to its answer.
 * {@link dev.retouch.server.edit.EditPipeline} shows the way in one place. Called by the delegates in {@code api}; calls
 * {@code model}, {@code image}, {@code moderation}, {@code admission}, {@code price}, {@code billing}, {@code upstream} and
 * {@code hosting}. Never sees HTTP.
 */
@NullMarked
package dev.retouch.server.edit;

import org.jspecify.annotations.NullMarked;
