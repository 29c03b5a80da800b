/**
 * Measures what the gateway adds: the same requests to the same upstream, once directly and once through a gateway of another
 * process, in one run, so that ratios are comparable between runs. Started from the command line; it never decides whether a
 * build passes.
 */
@NullMarked
package dev.retouch.bench;

import org.jspecify.annotations.NullMarked;
