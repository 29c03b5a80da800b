/**
 * Numbers about how the gateway does, for Prometheus. Told by {@code upstream} through an interface of its own; read by
 * {@code api}. Never has a key, a prompt or an image, and no name that a caller chose.
 */
@NullMarked
package dev.retouch.server.observe;

import org.jspecify.annotations.NullMarked;
