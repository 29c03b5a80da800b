/**
 * Pixels of images: decoding, conversion of formats, comparison, and putting an edited image or a part of it into the area that a mask opens. Called by the steps of {@code edit}
 * on separate threads, because decoding keeps a processor busy. Callers check the dimensions first; nothing here bounds them.
 */
@NullMarked
package dev.retouch.server.image.pixels;

import org.jspecify.annotations.NullMarked;
