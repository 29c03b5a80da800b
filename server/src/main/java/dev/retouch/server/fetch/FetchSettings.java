package dev.retouch.server.fetch;

import java.time.Duration;

/**
 * Settings of image fetching.
 *
 * @param enabled whether images are fetched at all
 * @param allowHosts if not empty, the only hosts from which images are fetched
 * @param denyHosts hosts from which images are never fetched, regardless of other settings
 * @param unguardedHosts hosts inside the network that may have loopback and private addresses. Any client with a key
 * can then reach web servers of these hosts on the permitted ports. Wildcards are not allowed. Link-local and metadata
 * addresses stay refused.
 * @param denyAddresses further ranges to refuse, such as public addresses used internally
 * @param ports the ports from which images are fetched
 * @param maxRedirects the maximum number of redirects
 * @param connectTimeout the maximum time to connect
 * @param timeout the maximum time for one image, from its DNS lookup to its last byte
 * @param maxConcurrentPerRequest the maximum number of concurrent fetches per request
 * @param maxConcurrent the maximum number of concurrent fetches in total
 */
public record FetchSettings(boolean enabled, HostPatterns allowHosts, HostPatterns denyHosts,
        HostPatterns unguardedHosts,
        AddressRanges denyAddresses, PortSet ports, int maxRedirects, Duration connectTimeout, Duration timeout,
        int maxConcurrentPerRequest, int maxConcurrent) {

    /** Validates ranges and combinations. */
    public FetchSettings {
        check(!unguardedHosts.hasWildcards(), "unguarded-hosts takes no wildcards; name each host");
        check(maxRedirects >= 0 && maxRedirects <= 10, "max-redirects must be 0 to 10, but is " + maxRedirects);
        check(connectTimeout.toMillis() > 0, "connect-timeout must be longer than zero");
        check(timeout.toMillis() > 0, "timeout must be longer than zero");
        check(maxConcurrentPerRequest > 0,
                "max-concurrent-per-request must be at least 1, but is " + maxConcurrentPerRequest);
        check(maxConcurrent > 0, "max-concurrent must be at least 1, but is " + maxConcurrent);
    }

    private static void check(boolean holds, String rule) {
        if (!holds) {
            throw new IllegalArgumentException(rule);
        }
    }
}
