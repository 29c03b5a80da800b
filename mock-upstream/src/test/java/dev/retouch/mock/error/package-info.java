/** Tests of what the mock upstream refuses with. */
@NullMarked
package dev.retouch.mock.error;

import org.jspecify.annotations.NullMarked;
