/**
 * The handwritten side of the generated stubs: one delegate per tag of the contract, the filter in front of them and the
 * one place that turns failures into envelopes. Knows HTTP; leaves the work to the packages named after it.
 */
@NullMarked
package dev.retouch.server.api;

import org.jspecify.annotations.NullMarked;
