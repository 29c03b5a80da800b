/**
 * Faults and oddities on demand: what they are called, how a request asks for them, and the queue that scripts them
 * beforehand. The wire and the endpoints ask what applies to them. It never touches the network itself.
 */
@NullMarked
package dev.retouch.mock.scenario;

import org.jspecify.annotations.NullMarked;
