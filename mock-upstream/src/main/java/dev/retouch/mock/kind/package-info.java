/**
 * The wire formats of other providers, each below its own path: their requests, answers, refusals and errors, written from the
 * providers' documentation. Called by the routes. It never fetches an image by URL, and shares no code with the gateway.
 */
@NullMarked
package dev.retouch.mock.kind;

import org.jspecify.annotations.NullMarked;
