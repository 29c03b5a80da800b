/**
 * The form of log lines: fields of a line, and lines as JSON. Any package may use it; it depends on no other package.
 * Never decides what is logged.
 */
@NullMarked
package dev.retouch.server.log;

import org.jspecify.annotations.NullMarked;
