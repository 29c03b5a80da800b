/**
 * The one way to fail: an {@link dev.retouch.server.error.ApiException} names a message of the contract, and the
 * {@link dev.retouch.server.error.ErrorCatalogue}, which is read from the contract, knows its code, status, type and
 * retry advice. Thrown everywhere, turned into an answer only by {@code api}. Never knows HTTP.
 */
@NullMarked
package dev.retouch.server.error;

import org.jspecify.annotations.NullMarked;
