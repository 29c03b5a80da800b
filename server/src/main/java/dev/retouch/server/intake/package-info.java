/**
 * Reads the bytes of a request's body: a form into its parts, a JSON document into the contract's model with the images
 * inside it extracted. Images go to the {@code image} spool as they arrive. Called by Jersey through
 * {@link dev.retouch.server.intake.RequestBodyInterceptor}; does not know the rules of an edit.
 */
@NullMarked
package dev.retouch.server.intake;

import org.jspecify.annotations.NullMarked;
