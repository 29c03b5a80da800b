/**
 * The bytes of images, in memory or in an unlinked file, and the facts in their headers. {@code intake} writes images,
 * {@code edit} validates them, {@code upstream} reads them. Decodes no pixels except to find transparency in a mask, and holds
 * no image as text.
 */
@NullMarked
package dev.retouch.server.image;

import org.jspecify.annotations.NullMarked;
