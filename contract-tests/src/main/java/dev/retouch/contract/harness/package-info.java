/**
 * Shared by the contract tests and the conformance report: multipart forms, pictures of every kind that the rules
 * distinguish, decoded images, and the contract's files. It knows neither of them, and no server.
 */
@NullMarked
package dev.retouch.contract.harness;

import org.jspecify.annotations.NullMarked;
