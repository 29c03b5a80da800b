/**
 * Starts and stops the gateway: the command line, and {@link dev.retouch.server.app.Gateway}, where everything is made and
 * wired by plain constructors. The other commands administer the database directly, beside a running gateway or without one;
 * they do what administration over HTTP does, with the same classes. Knows every package; none knows it.
 */
@NullMarked
package dev.retouch.server.app;

import org.jspecify.annotations.NullMarked;
