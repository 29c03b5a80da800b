package dev.retouch.server.http;

import java.time.Duration;

/**
 * Delay and grace period of a shutdown.
 *
 * @param delay how long edits are still accepted after {@code /readyz} fails
 * @param grace how long edits in flight may finish afterwards
 */
public record ShutdownPolicy(Duration delay, Duration grace) {}
