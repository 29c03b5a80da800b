/**
 * What both the contract tests and the conformance report send and look at: forms as they are written, pictures of every kind
 * that the rules tell apart, decoded images, and the contract's own files. Used by both; knows neither, and no server.
 */
@NullMarked
package dev.retouch.contract.harness;

import org.jspecify.annotations.NullMarked;
