/**
 * Tests the build's own checks. {@code mutations.yaml} lists changes of the document, of Java code and of generator
 * settings. Each must make a copy of this checkout fail with a line that reports the difference.
 */
@NullMarked
package dev.retouch.contract.mutation;

import org.jspecify.annotations.NullMarked;
