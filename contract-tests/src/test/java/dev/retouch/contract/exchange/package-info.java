/**
 * Checks every exchange between a client and a gateway of this process against the contract. {@link ExchangeRecorder}
 * records requests and responses. {@link dev.retouch.contract.exchange.Verifier} reports violations, and
 * {@link Sightings} the items of the document that were used. {@link ContractExtension} fails the test that caused a
 * violation. The harness puts a recorder around each gateway; the coverage report reads the sightings. Recording never
 * changes or delays the traffic.
 */
@NullMarked
package dev.retouch.contract.exchange;

import org.jspecify.annotations.NullMarked;
