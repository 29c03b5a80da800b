/**
 * Metrics for Prometheus, the log line of each edit, and spans for a collector of OpenTelemetry. {@code upstream} reports events through
 * its own interface, {@code exchange} those of edits, {@code api} reads the metrics. Without an endpoint for traces no span exists. Never
 * contains a key, a prompt, an image, or a label with a name that a client chose.
 */
@NullMarked
package dev.retouch.server.observe;

import org.jspecify.annotations.NullMarked;
