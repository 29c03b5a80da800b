/**
 * Checks how edits flow: scenarios of the upstream, disconnects of clients, and limits of concurrency. The tests
 * observe the gateway from its clients, its upstream, its ledger and the operating system, never its internals.
 */
@NullMarked
package dev.retouch.contract.streaming;

import org.jspecify.annotations.NullMarked;
