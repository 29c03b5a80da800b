/**
 * Pacts, both ways. As a consumer: what our Java client needs of the gateway, and what the gateway needs of an upstream, each written
 * down while the real code works with pact's mock of the other side. As a provider: the gateway, and the mock upstream, are held to
 * those, to the pacts that other teams put into {@code contract-tests/pacts}, and to those of a broker where the environment names
 * one.
 * <p>
 * The build runs it in two steps, first the consumers and then the classes named {@code *ProviderTest}. It looks at answers only; what
 * an interaction takes for granted is set up over the admin API and with the mock upstream's scenarios, never in a database. The
 * guide for other teams is {@code contract-tests/PACTS.md}.
 */
@NullMarked
package dev.retouch.contract.pact;

import org.jspecify.annotations.NullMarked;
