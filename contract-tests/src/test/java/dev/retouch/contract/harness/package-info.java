/**
 * What the contract tests stand on: a gateway with its own sandbox, or the endpoint that {@code RETOUCH_BASE_URL} names; ways
 * to send requests, rightly and wrongly; and looks at what a gateway leaves behind. The only package here that may know the
 * server's classes, and only to start it.
 */
@NullMarked
package dev.retouch.contract.harness;

import org.jspecify.annotations.NullMarked;
