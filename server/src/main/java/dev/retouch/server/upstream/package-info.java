/**
 * Where edits are really made: one interface, and the HTTP client that speaks to an OpenAI-compatible provider. Called by
 * {@code edit} with what may go out; answers with bytes to read. Turns an upstream's errors into ours, so that neither its
 * key nor its own words about it reach a caller.
 */
@NullMarked
package dev.retouch.server.upstream;

import org.jspecify.annotations.NullMarked;
