/**
 * The contract, held against a running gateway from outside. Tests that take an {@link dev.retouch.contract.harness.Endpoint}
 * need a base URL and a key only, and also run against a deployed gateway; tests that take a
 * {@link dev.retouch.contract.harness.RunningGateway} look into its sandbox or its data folder and start one of their own.
 */
@NullMarked
package dev.retouch.contract;

import org.jspecify.annotations.NullMarked;
