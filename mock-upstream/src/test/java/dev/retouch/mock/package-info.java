/** Tests of the mock upstream over real HTTP, as its users meet it. */
@NullMarked
package dev.retouch.mock;

import org.jspecify.annotations.NullMarked;
