package dev.retouch.server.config;

import java.time.Duration;

import dev.retouch.server.settings.ByteSize;
import dev.retouch.server.settings.SettingChecks;

/**
 * The limits of requests and connections, and the server capacity.
 *
 * @param maxBodySize the maximum size of a request body
 * @param maxParts the maximum number of parts of a form
 * @param maxTextSize the maximum size of the text of a request
 * @param memoryPerImage the size up to which an image is kept in memory
 * @param maxImageMemory the most memory of all images together
 * @param idleTimeout the longest silence of a client within a request
 * @param keepAliveTimeout how long a connection is kept open between requests
 * @param minRate the minimum average rate of a body in bytes per second, or 0
 * @param minRateAfter the time after which the minimum rate applies
 * @param minResponseRate the minimum average rate at which a client reads a response, in bytes per second, or 0
 * @param maxBodyTime the longest time for a whole body
 * @param maxHeaderSize the maximum size of the request line and all headers
 * @param maxHeaderTime the longest time for the request line and all headers
 * @param backlog the maximum number of connections that wait to be accepted
 * @param maxConnections the maximum number of connections
 * @param minFreeSpace the free space in the data directory below which edits are rejected, or 0
 * @param maxRequestsInFlight the maximum number of authenticated requests in flight
 * @param maxBytesInFlight the maximum size of all request bodies in flight
 * @param maxPercentPerKey how much of the server capacity one API key may use
 * @param h2cUpgrade whether an HTTP/1.1 request without TLS may change its connection to HTTP/2
 */
public record HttpSettings(ByteSize maxBodySize, int maxParts, ByteSize maxTextSize, ByteSize memoryPerImage,
        ByteSize maxImageMemory, Duration idleTimeout, Duration keepAliveTimeout, ByteSize minRate,
        Duration minRateAfter,
        ByteSize minResponseRate, Duration maxBodyTime, ByteSize maxHeaderSize, Duration maxHeaderTime, int backlog,
        int maxConnections, ByteSize minFreeSpace, int maxRequestsInFlight,
        ByteSize maxBytesInFlight, int maxPercentPerKey, boolean h2cUpgrade) {

    /** Rejects limits that no request could satisfy. */
    public HttpSettings {
        SettingChecks.check(maxBodySize.bytes() > 0, "max-body-size", "must be larger than zero");
        SettingChecks.check(maxParts > 0, "max-parts", "must be at least 1, but is " + maxParts);
        SettingChecks.check(maxTextSize.bytes() > 0 && maxTextSize.bytes() <= 64 << 20, "max-text-size",
                "must be 1 to 64MB");
        SettingChecks.check(memoryPerImage.bytes() >= 0 && memoryPerImage.bytes() <= 16 << 20, "memory-per-image",
                "must be 0 to 16MB");
        SettingChecks.check(maxImageMemory.bytes() >= 0 && maxImageMemory.bytes() <= 4L << 30, "max-image-memory",
                "must be 0 to 4GB");
        SettingChecks.check(idleTimeout.compareTo(Duration.ofMillis(100)) >= 0, "idle-timeout",
                "must be at least 100ms");
        SettingChecks.check(keepAliveTimeout.compareTo(Duration.ofMillis(100)) >= 0, "keep-alive-timeout",
                "must be at least 100ms");
        SettingChecks.check(!minRateAfter.isNegative(), "min-rate-after", "must not be below zero");
        SettingChecks.positive(maxBodyTime, "max-body-time");
        SettingChecks.check(maxPercentPerKey >= 1 && maxPercentPerKey <= 100, "max-percent-per-key",
                "must be 1 to 100, but is " + maxPercentPerKey);
        SettingChecks.check(maxHeaderSize.bytes() >= 1 << 10 && maxHeaderSize.bytes() <= 1 << 20, "max-header-size",
                "must be 1KB to 1MB");
        SettingChecks.check(backlog > 0, "backlog", "must be at least 1");
        SettingChecks.positive(maxHeaderTime, "max-header-time");
        SettingChecks.check(maxConnections > 0, "max-connections", "must be at least 1");
        SettingChecks.check(maxRequestsInFlight > 0, "max-requests-in-flight", "must be at least 1");
        SettingChecks.check(maxBytesInFlight.bytes() >= maxBodySize.bytes(), "max-bytes-in-flight",
                "must be at least max-body-size, " + maxBodySize.bytes());
    }
}
