/**
 * HTTP: the one handler, the routes, the writing of answers and the faults that need a socket. Called by Jetty. It never
 * knows what an edit is.
 */
@NullMarked
package dev.retouch.mock.wire;

import org.jspecify.annotations.NullMarked;
