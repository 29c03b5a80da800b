/**
 * Admits edits. {@code ServerCapacity} limits what an instance takes. {@code RateLimiter} limits what a key and its group start per
 * minute, and {@code ConcurrencyLimiter} how many of their edits run at once.
 *
 * <p>
 * Rate and concurrency limits have two implementations: in memory for a single instance, and in a database that
 * several instances share. Every rejection has a time after which a retry can succeed. Depends on limits and names
 * only, never on requests, keys or images.
 */
@NullMarked
package dev.retouch.server.admission;

import org.jspecify.annotations.NullMarked;
