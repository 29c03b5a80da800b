/**
 * The bytes of images: where they wait (memory while small, an unlinked file when large) and what their first bytes
 * say about them. {@code intake} fills it, {@code edit} asks, {@code upstream} reads. Never decodes pixels, and never
 * holds an image as text.
 */
@NullMarked
package dev.retouch.server.image;

import org.jspecify.annotations.NullMarked;
