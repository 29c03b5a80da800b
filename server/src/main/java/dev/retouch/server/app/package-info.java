/**
 * Starts and stops the gateway: the command line, and {@link dev.retouch.server.app.Gateway}, where everything is made and
 * wired by plain constructors. Knows every package; none knows it.
 */
@NullMarked
package dev.retouch.server.app;

import org.jspecify.annotations.NullMarked;
