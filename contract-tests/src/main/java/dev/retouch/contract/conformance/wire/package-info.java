/**
 * What goes over the wire: the endpoint that is looked at, requests, answers with their events, and what must never be shown of
 * them. The runner sends with it, checks and reports look at its answers. It knows neither cases nor what is right.
 */
@NullMarked
package dev.retouch.contract.conformance.wire;

import org.jspecify.annotations.NullMarked;
