/**
 * The conformance report: a command that checks any image-edits endpoint for compatibility, and writes its findings as
 * an HTML page and as JSON. Operators run it; the build runs it against the gateway. It knows a base URL and a key, and
 * never a server's classes.
 */
@NullMarked
package dev.retouch.contract.conformance;

import org.jspecify.annotations.NullMarked;
