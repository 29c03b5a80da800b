/**
 * Stores files under names: in the data directory, or in an S3-compatible object store that several instances share. {@code hosting},
 * {@code idempotency} and {@code task} store in it what must outlive a request. A circuit breaker and a probe decide whether the object
 * store is available. This package does not know what it stores, and it never deletes anything on its own account.
 */
@NullMarked
package dev.retouch.server.storage;

import org.jspecify.annotations.NullMarked;
