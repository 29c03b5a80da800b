/**
 * The base of the contract tests: a gateway with its sandbox, or the endpoint named by {@code RETOUCH_BASE_URL}; valid
 * and invalid requests; and checks for leaked resources. It is the only package here that may use the server's classes,
 * and only to start it.
 */
@NullMarked
package dev.retouch.contract.harness;

import org.jspecify.annotations.NullMarked;
