/**
 * Pacts in both directions. As consumers, the Java client and the gateway record their expectations while their real
 * code works with Pact's mock of the other side. As providers, the gateway and the mock upstream are verified against
 * those pacts. The gateway is also verified against pacts in {@code contract-tests/pacts} and on a broker, if the
 * environment names one.
 *
 * <p>The build runs two steps: first the consumers, then the classes named {@code *ProviderTest}. Verification looks at
 * responses only. States are set up over the admin API and with the mock upstream's scenarios, never in a database. The
 * guide for other teams is {@code contract-tests/PACTS.md}.
 */
@NullMarked
package dev.retouch.contract.pact;

import org.jspecify.annotations.NullMarked;
