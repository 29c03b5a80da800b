/**
 * Remembers what was received and how it ended, bounded, with secrets shortened. The wire writes it; tests and the control
 * endpoints read it. It never influences an answer.
 */
@NullMarked
package dev.retouch.mock.journal;

import org.jspecify.annotations.NullMarked;
