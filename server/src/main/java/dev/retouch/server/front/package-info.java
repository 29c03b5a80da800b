/**
 * The front door: Jetty, the way into Jersey, the pages that people look at, and a request id on everything that leaves.
 * Wired by {@code app}. Decides nothing about edits.
 */
@NullMarked
package dev.retouch.server.front;

import org.jspecify.annotations.NullMarked;
