package dev.retouch.server.upstream;

import java.net.URI;
import java.time.Duration;

import org.jspecify.annotations.Nullable;

import dev.retouch.server.secret.Secret;
import dev.retouch.server.settings.SettingChecks;

/**
 * The upstream 'default', if its URL is given, and the settings of all upstreams.
 *
 * @param url the base URL of the upstream 'default', or null for none
 * @param key its API key
 * @param connectTimeout the longest time to connect
 * @param firstByteTimeout the longest time between the end of the request and the first byte of the response
 * @param idleTimeout the longest silence while the request is sent or the response is received
 * @param totalTimeout the longest time of an attempt
 * @param maxConnections the maximum number of connections to an upstream
 * @param maxAttempts the maximum number of attempts of an edit
 * @param retryBudget how many of a hundred edits may be sent to the same upstream again
 * @param breakerMinAttempts the number of attempts from which a circuit breaker may open
 * @param breakerOpenTime how long an open circuit breaker stops attempts
 */
public record UpstreamDefaults(@Nullable URI url, Secret key, Duration connectTimeout, Duration firstByteTimeout,
        Duration idleTimeout, Duration totalTimeout, int maxConnections, int maxAttempts, int retryBudget,
        int breakerMinAttempts, Duration breakerOpenTime) {

    /** Rejects invalid URLs and limits. */
    public UpstreamDefaults {
        url = SettingChecks.httpUrl(url, "url");
        SettingChecks.positive(connectTimeout, "connect-timeout");
        SettingChecks.positive(firstByteTimeout, "first-byte-timeout");
        SettingChecks.positive(idleTimeout, "idle-timeout");
        SettingChecks.positive(totalTimeout, "total-timeout");
        SettingChecks.check(maxConnections > 0, "max-connections", "must be at least 1");
        SettingChecks.check(maxAttempts > 0 && maxAttempts <= 10, "max-attempts", "must be 1 to 10");
        SettingChecks.check(retryBudget >= 0 && retryBudget <= 100, "retry-budget", "must be 0 to 100");
        SettingChecks.check(breakerMinAttempts > 0, "breaker-min-attempts", "must be at least 1");
        SettingChecks.positive(breakerOpenTime, "breaker-open-time");
    }
}
