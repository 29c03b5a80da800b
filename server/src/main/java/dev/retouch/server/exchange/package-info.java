/**
 * One request and its response: {@link dev.retouch.server.exchange.Exchange} owns every resource of a request and
 * closes them at its end. {@link dev.retouch.server.exchange.Cancellation} ends its waits early, with a reason. All
 * packages that work on a request use it. It never reads a body and never decides what an edit costs.
 */
@NullMarked
package dev.retouch.server.exchange;

import org.jspecify.annotations.NullMarked;
