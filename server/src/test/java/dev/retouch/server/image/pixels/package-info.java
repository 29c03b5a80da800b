/** Tests of decoding and of strict masks, over a corpus of generated pictures. */
@NullMarked
package dev.retouch.server.image.pixels;

import org.jspecify.annotations.NullMarked;
