/**
 * The front door: Jetty with its protocols and its certificate, the way into Jersey, the pages that people look at, and a
 * request id on everything that leaves. Notices clients that go away, and lets edits finish before it closes. Wired by
 * {@code app}. Decides nothing about edits: that one is not wanted any more it says through the exchange.
 */
@NullMarked
package dev.retouch.server.front;

import org.jspecify.annotations.NullMarked;
