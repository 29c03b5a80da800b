/**
 * Pieces of direct memory under one budget, and their way from a source to a sink. {@code image} keeps small images in them, and
 * {@code upstream} sends them without a copy. Knows nothing of images, HTTP or files, and never makes a caller wait for memory.
 */
@NullMarked
package dev.retouch.server.bytes;

import org.jspecify.annotations.NullMarked;
