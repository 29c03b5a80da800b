/**
 * Hosted images behind signed URLs that expire. {@code edit} stores them and {@code api} serves them. The signature
 * grants access; this package does not know keys or groups.
 */
@NullMarked
package dev.retouch.server.hosting;

import org.jspecify.annotations.NullMarked;
