/**
 * Where edits are really made: one interface, the HTTP client that speaks to an OpenAI-compatible provider, and around it circuit
 * breakers, the choice among several upstreams, and the way from one that failed to another. Called by {@code edit} with what may
 * go out; answers with bytes to read. Turns an upstream's errors into ours, so that neither its key nor its own words about it
 * reach a caller. Never sends an edit again that may have run.
 */
@NullMarked
package dev.retouch.server.upstream;

import org.jspecify.annotations.NullMarked;
