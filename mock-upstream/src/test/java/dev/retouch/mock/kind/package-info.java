/** Tests of the wire formats beside OpenAI's. */
@NullMarked
package dev.retouch.mock.kind;

import org.jspecify.annotations.NullMarked;
