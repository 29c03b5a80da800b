/**
 * Who is asking: keys and the groups that they belong to. Asked by {@code api} before a byte of a body is read. Never
 * lets a key out of its hands: not into logs, not into errors.
 */
@NullMarked
package dev.retouch.server.key;

import org.jspecify.annotations.NullMarked;
