/**
 * Pixels: probing, decoding to a bounded size, painting inside the allowed area, encoding. Called by the edit. It never reads
 * a request or writes an answer.
 */
@NullMarked
package dev.retouch.mock.picture;

import org.jspecify.annotations.NullMarked;
