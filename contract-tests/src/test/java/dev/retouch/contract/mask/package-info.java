/** Masks that are hints, enforced or ignored, and outcomes of the sandbox that clients choose. */
@NullMarked
package dev.retouch.contract.mask;

import org.jspecify.annotations.NullMarked;
