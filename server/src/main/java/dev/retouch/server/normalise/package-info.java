/**
 * Changes images so that models accept them: turned upright, in RGB, masks in the form and size that is needed, images within the
 * limits. Called by {@code edit}, only for the steps that an operator chose. Returns a description of each change for the client, and
 * never changes an image without one. Also makes thumbnails for {@code retention}.
 */
@NullMarked
package dev.retouch.server.normalise;

import org.jspecify.annotations.NullMarked;
