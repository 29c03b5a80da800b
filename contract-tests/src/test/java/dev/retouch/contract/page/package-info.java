/** Browser tests of the pages that the gateway serves. Each writes screenshots into {@code target/screens}. */
@NullMarked
package dev.retouch.contract.page;

import org.jspecify.annotations.NullMarked;
