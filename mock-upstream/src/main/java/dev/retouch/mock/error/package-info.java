/**
 * The one error envelope and the sentences in it. Everybody in this module throws it; only the wire writes it. It never
 * carries the text of an unexpected exception.
 */
@NullMarked
package dev.retouch.mock.error;

import org.jspecify.annotations.NullMarked;
