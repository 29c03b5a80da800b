/**
 * The conformance report: a command that asks any image-edits endpoint what a compatible one must be able to do, and writes what
 * it found as a page and as JSON. People run it; the build runs it against the gateway itself. It knows a base URL and a key, and
 * never a server's classes.
 */
@NullMarked
package dev.retouch.contract.conformance;

import org.jspecify.annotations.NullMarked;
