/**
 * The checks of a response, one class for each aspect: status, headers, error, document, images, events, links. Cases
 * contain checks and the runner executes them. A check reports the expected and the actual value. It follows links, and
 * otherwise sends nothing.
 */
@NullMarked
package dev.retouch.contract.conformance.check;

import org.jspecify.annotations.NullMarked;
