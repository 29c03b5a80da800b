/** Counts discouraged words in the prose of all modules, so that their number per file never rises. Knows files only. */
@NullMarked
package dev.retouch.contract.prose;

import org.jspecify.annotations.NullMarked;
