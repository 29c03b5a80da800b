/** Tests of reading request bodies, and of the folders that they are written to. */
@NullMarked
package dev.retouch.mock.intake;

import org.jspecify.annotations.NullMarked;
