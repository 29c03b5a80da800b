/**
 * Fetches remote images behind an SSRF guard: a client names a URL, and the gateway must not be used to reach its own
 * network. {@code edit} calls {@link dev.retouch.server.fetch.ImageFetcher} and gets images in the spool.
 * {@code ImageUrl} parses the URL strictly. {@code HostPolicy} applies the settings, resolves the name once and checks
 * every address with {@code AddressGuard}. {@code PinnedClient} connects to exactly those addresses. {@code Download}
 * repeats this for every redirect and stops the transfer at the size limit. It never follows a redirect unchecked,
 * never resolves a name twice, never reveals an address to a client, and never logs a URL.
 */
@NullMarked
package dev.retouch.server.fetch;

import org.jspecify.annotations.NullMarked;
