/** Clients that other people's generators make of the document, as teams that do not write Java use them. */
@NullMarked
package dev.retouch.contract.language;

import org.jspecify.annotations.NullMarked;
