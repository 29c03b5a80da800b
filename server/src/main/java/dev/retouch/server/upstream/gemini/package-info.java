/**
 * Google's {@code generateContent} towards the Gemini API and Vertex AI: writes edits as parts, reads candidates, and maps refusals
 * that have status 200.
 *
 * <p>Opens no connection and decides nothing about failover: that is the parent package's work.
 */
@NullMarked
package dev.retouch.server.upstream.gemini;

import org.jspecify.annotations.NullMarked;
