/**
 * How edits flow: what the upstream does to them, what callers who leave do, and how many there may be at a time. Holds the gateway
 * to what its callers, its upstream, its books and the operating system see of it, and never looks at how it does that.
 */
@NullMarked
package dev.retouch.contract.flow;

import org.jspecify.annotations.NullMarked;
