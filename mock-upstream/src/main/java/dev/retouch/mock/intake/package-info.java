/**
 * Reads a request body into parts or JSON, with large content in files of the request's folder. Called by
 * the wire before an endpoint runs. It never judges whether the parameters make sense.
 */
@NullMarked
package dev.retouch.mock.intake;

import org.jspecify.annotations.NullMarked;
