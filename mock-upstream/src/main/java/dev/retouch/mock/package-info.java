/** The provider in miniature. */
@NullMarked
package dev.retouch.mock;

import org.jspecify.annotations.NullMarked;
