/**
 * Sends edits to upstreams: the HTTP client, timeouts, retries, failover and circuit breakers. {@code edit} calls it with an
 * {@link dev.retouch.server.upstream.UpstreamRequest} and reads the response body. Each upstream kind has a subpackage with its
 * {@link dev.retouch.server.upstream.Wire}; its {@link dev.retouch.server.upstream.KindTraits} decide how an edit is adapted to it, and which
 * upstreams can run it.
 *
 * <p>Errors of upstreams become errors of the contract; the gateway's key and account never reach a client. An edit that may have run
 * is never sent again.
 */
@NullMarked
package dev.retouch.server.upstream;

import org.jspecify.annotations.NullMarked;
