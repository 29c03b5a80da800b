package dev.retouch.server.admission;

import org.jspecify.annotations.Nullable;

import dev.retouch.server.policy.RoomLimits;

/**
 * Those whose requests count together: a key, or a group. What is null is not limited.
 *
 * @param name such as {@code key:key_…} or {@code group:default}
 * @param requestsPerMinute how many requests may begin within a minute
 * @param imagesPerMinute how many images they may have
 */
public record RateScope(String name, @Nullable Integer requestsPerMinute, @Nullable Integer imagesPerMinute) {

    /** The scope that these limits make. */
    public static RateScope of(String name, RoomLimits limits) {
        return new RateScope(name, limits.requestsPerMinute(), limits.imagesPerMinute());
    }
}
