/**
 * Every exchange between a caller and a gateway of this process, held against the contract: {@link Tap} keeps what was asked and
 * answered, {@link dev.retouch.contract.exchange.Verifier} says what of it the document does not allow, {@link Sightings} which of the
 * document's words it used, and {@link HeldToTheDocument} fails the test in which something was not right. Used by the harness, which
 * puts a tap around each gateway that it starts, and by the coverage report. Never changes what goes by, and never waits for it.
 */
@NullMarked
package dev.retouch.contract.exchange;

import org.jspecify.annotations.NullMarked;
