package dev.retouch.server.front;

import java.time.Duration;

/**
 * How the front door closes.
 *
 * @param delay how long it still takes edits after it has said that it will close
 * @param grace how long those in flight have after that
 */
public record Farewell(Duration delay, Duration grace) {}
