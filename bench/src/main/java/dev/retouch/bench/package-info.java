/**
 * Measures what the gateway adds: the same requests to the same upstream, once directly and once through a gateway of another
 * process, in one run, so that ratios hold where absolute times do not. Nobody calls it but a person at a command line; it
 * never decides whether a build passes.
 */
@NullMarked
package dev.retouch.bench;

import org.jspecify.annotations.NullMarked;
