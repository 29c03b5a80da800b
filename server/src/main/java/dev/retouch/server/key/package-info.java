/**
 * Who is asking: keys and the groups that they belong to. Asked by {@code api} before a byte of a body is read, administered
 * through {@code api} and the command line, put together by {@code app}. Keeps hashes only, and never lets a key out of its hands,
 * but for the one moment at which it is made: not into logs, not into errors. Knows nothing of money and does not hold anybody to
 * limits; it only keeps them.
 */
@NullMarked
package dev.retouch.server.key;

import org.jspecify.annotations.NullMarked;
