/**
 * Whether the build notices what it is there to notice: {@code mutations.yaml} lists changes of document, Java and generator
 * settings, each of which must make a copy of this checkout fail with a line that says what differs.
 */
@NullMarked
package dev.retouch.contract.mutation;

import org.jspecify.annotations.NullMarked;
