/**
 * How much of the contract the tests of this module have used: compared, after all of them, with everything that the document has.
 * What no test can use is listed in {@code gaps.yaml} with the reason; anything else that was not used fails the build. The tests
 * here close the gaps that other packages leave. Where exchanges are watched is {@link dev.retouch.contract.exchange}.
 */
@NullMarked
package dev.retouch.contract.coverage;

import org.jspecify.annotations.NullMarked;
