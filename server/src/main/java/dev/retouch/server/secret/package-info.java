/**
 * Keeps secrets: values from settings, and secrets that the gateway generates in the data directory. Used by settings,
 * {@code key} and {@code hosting}. Never knows what a secret protects.
 */
@NullMarked
package dev.retouch.server.secret;

import org.jspecify.annotations.NullMarked;
