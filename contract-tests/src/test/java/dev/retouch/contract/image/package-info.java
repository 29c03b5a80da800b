/**
 * Image files as cameras and programs make them, damaged files among them. {@code corpus.csv} has a line for each file: what makes it, and
 * the right verdict, to which the gateway, the sandbox and a decoder of the JDK are compared. Add files there and in a maker.
 */
@NullMarked
package dev.retouch.contract.image;

import org.jspecify.annotations.NullMarked;
