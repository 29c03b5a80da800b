package dev.retouch.server.http;

import java.time.Duration;

/**
 * The slowest rate at which clients may read a response.
 *
 * @param bytesPerSecond minimum rate; 0 for none
 * @param grace waiting time before the rate is checked
 */
record ResponseRate(long bytesPerSecond, Duration grace) {}
