/**
 * Faults and deviations on request: their names, their syntax in requests, and the queue of scripted scenarios. {@code wire} and
 * the endpoints read the scenarios of a request. It never uses the network.
 */
@NullMarked
package dev.retouch.mock.scenario;

import org.jspecify.annotations.NullMarked;
