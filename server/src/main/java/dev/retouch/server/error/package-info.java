/**
 * Errors of the contract. An {@link dev.retouch.server.error.ApiException} names a message; the {@link
 * dev.retouch.server.error.ErrorCatalogue} has its code, status, type and retry advice from the contract. Any package
 * throws them; only {@code api} turns them into responses. Never depends on HTTP.
 */
@NullMarked
package dev.retouch.server.error;

import org.jspecify.annotations.NullMarked;
