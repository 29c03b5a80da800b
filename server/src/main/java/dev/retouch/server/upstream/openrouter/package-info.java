/**
 * OpenRouter's image API: JSON with references, proportions and resolution, a cost in the answer.
 *
 * <p>Opens no connection and decides nothing about failover: that is the parent package's work.
 */
@NullMarked
package dev.retouch.server.upstream.openrouter;

import org.jspecify.annotations.NullMarked;
