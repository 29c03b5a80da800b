package dev.retouch.server.admission;

/**
 * The server capacity of an instance, and the part of it that one API key may use.
 *
 * @param maxRequests requests in flight at once
 * @param maxBytes body bytes in flight at once; at least the longest body, which could otherwise never be admitted
 * @param maxRequestsPerKey requests in flight of one key
 * @param maxBytesPerKey body bytes in flight of one key
 */
public record CapacityLimits(int maxRequests, long maxBytes, int maxRequestsPerKey, long maxBytesPerKey) {

    /** Rejects limits that no request could pass. */
    public CapacityLimits {
        if (maxRequests < 1 || maxBytes < 1 || maxRequestsPerKey < 1 || maxBytesPerKey < 1) {
            throw new IllegalArgumentException("the capacity must be at least 1 request and 1 byte");
        }
    }

    /**
     * Returns limits in which each key may use a percentage, and always at least one request with the longest body.
     *
     * @param percentPerKey 1 to 100
     * @param maxBodyBytes longest body of a request
     */
    public static CapacityLimits shared(int maxRequests, long maxBytes, int percentPerKey, long maxBodyBytes) {
        return new CapacityLimits(maxRequests, maxBytes, Math.max(1, (int) ((long) maxRequests * percentPerKey / 100)),
                Math.max(Math.min(maxBodyBytes, maxBytes), maxBytes / 100 * percentPerKey));
    }
}
