package dev.retouch.server.fetch;

import java.time.Duration;

/**
 * What may be fetched, and how patiently.
 *
 * @param enabled whether images are fetched at all
 * @param allowHosts if there are any, the only hosts that images are fetched from
 * @param denyHosts hosts that images are never fetched from, whatever else is said
 * @param unguardedHosts hosts inside the network: they may have loopback and private addresses, so whoever has a key can
 *        reach every web server on them that listens on one of the ports. Named one by one, without wildcards. Link-local
 *        and metadata addresses stay refused for them.
 * @param denyAddresses ranges to refuse beside the special ones, such as public addresses that are used inside
 * @param ports the ports that images are fetched from
 * @param mostRedirects how many redirects are followed
 * @param connectTimeout how long a host may take to accept a connection
 * @param timeout how long one image may take, from looking its host up to its last byte
 * @param atOncePerRequest how many images of one request are fetched side by side
 * @param atOnce how many images are fetched side by side in all
 */
public record FetchPolicy(boolean enabled, HostPatterns allowHosts, HostPatterns denyHosts, HostPatterns unguardedHosts,
        AddressRanges denyAddresses, Ports ports, int mostRedirects, Duration connectTimeout, Duration timeout,
        int atOncePerRequest, int atOnce) {

    /** Checks what a type alone cannot say. */
    public FetchPolicy {
        check(!unguardedHosts.hasWildcards(), "unguarded-hosts takes no wildcards; name each host");
        check(mostRedirects >= 0 && mostRedirects <= 10, "most-redirects must be 0 to 10, but is " + mostRedirects);
        check(connectTimeout.toMillis() > 0, "connect-timeout must be longer than nothing");
        check(timeout.toMillis() > 0, "timeout must be longer than nothing");
        check(atOncePerRequest > 0, "at-once-per-request must be at least 1, but is " + atOncePerRequest);
        check(atOnce > 0, "at-once must be at least 1, but is " + atOnce);
    }

    private static void check(boolean holds, String rule) {
        if (!holds) {
            throw new IllegalArgumentException(rule);
        }
    }
}
