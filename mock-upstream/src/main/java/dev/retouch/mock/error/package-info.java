/**
 * The error envelope and its messages. All packages of this module throw errors; only {@code wire} writes them. It never
 * carries the text of an unexpected exception.
 */
@NullMarked
package dev.retouch.mock.error;

import org.jspecify.annotations.NullMarked;
