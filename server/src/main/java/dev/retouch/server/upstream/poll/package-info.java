/**
 * Upstreams that accept an edit, are polled for its state, and leave the result behind a link: one machine, whose kinds are data in files.
 *
 * <p>The key of an upstream goes only to its own host and to the hosts that its kind names. Decides nothing about failover: that is the
 * parent package's work.
 */
@NullMarked
package dev.retouch.server.upstream.poll;

import org.jspecify.annotations.NullMarked;
