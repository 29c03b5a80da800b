/**
 * The HTTP server: Jetty with its protocols and TLS, the bridge to Jersey, pages and the sessions of the console,
 * request ids and the access log. Detects disconnects, and drains edits on shutdown. Created by {@code app}. Decides nothing about edits: it
 * cancels them through their exchange.
 */
@NullMarked
package dev.retouch.server.http;

import org.jspecify.annotations.NullMarked;
