/**
 * xAI's image edits: JSON with image objects, proportions and resolution, a cost in the answer.
 *
 * <p>Opens no connection and decides nothing about failover: that is the parent package's work.
 */
@NullMarked
package dev.retouch.server.upstream.xai;

import org.jspecify.annotations.NullMarked;
