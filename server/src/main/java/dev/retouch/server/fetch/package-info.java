/**
 * Images by URL, behind a guard: a caller names an address, and the gateway goes there on the caller's behalf without
 * being turned against the network it runs in. {@code edit} calls {@link dev.retouch.server.fetch.ImageFetcher} and gets
 * images in the spool. The way of one image: {@code ImageUrl} reads the URL strictly, {@code HostCheck} asks the policy,
 * looks the name up once and has {@code AddressGuard} judge every address, {@code PinnedClient} connects to exactly those
 * addresses, {@code Download} repeats this for every redirect and stops the transfer at the first byte too many. Never
 * follows a redirect unchecked, never looks a name up a second time, never tells a caller which address a name has,
 * never writes a URL to the log.
 */
@NullMarked
package dev.retouch.server.fetch;

import org.jspecify.annotations.NullMarked;
