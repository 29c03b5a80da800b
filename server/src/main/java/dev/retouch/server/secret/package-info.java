/**
 * Small secrets that the gateway makes for itself and keeps in the data directory. Used by {@code key} and
 * {@code hosting}; knows nothing about what they are for.
 */
@NullMarked
package dev.retouch.server.secret;

import org.jspecify.annotations.NullMarked;
