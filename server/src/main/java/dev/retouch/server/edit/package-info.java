/**
 * The core of the product: executes an edit, from the parsed request to its response.
 * {@link dev.retouch.server.edit.EditPipeline} lists the steps in order. Called by the delegates of {@code api}; calls
 * {@code model}, {@code image}, {@code moderation}, {@code admission}, {@code price}, {@code billing}, {@code upstream}
 * and {@code hosting}. It does not depend on HTTP.
 */
@NullMarked
package dev.retouch.server.edit;

import org.jspecify.annotations.NullMarked;
