/**
 * The composition root: {@link dev.retouch.server.app.Gateway} creates every component with plain constructors, starts them in
 * order and stops them in reverse order. Depends on every package except {@code cli}; only {@code cli} depends on it.
 */
@NullMarked
package dev.retouch.server.app;

import org.jspecify.annotations.NullMarked;
