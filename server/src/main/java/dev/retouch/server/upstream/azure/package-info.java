/**
 * Azure OpenAI: OpenAI's form at other URLs, with another header for the key, without webp, and with an explicit quality.
 *
 * <p>Opens no connection and decides nothing about failover: that is the parent package's work.
 */
@NullMarked
package dev.retouch.server.upstream.azure;

import org.jspecify.annotations.NullMarked;
