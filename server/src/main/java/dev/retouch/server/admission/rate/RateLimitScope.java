package dev.retouch.server.admission.rate;

import org.jspecify.annotations.Nullable;

import dev.retouch.server.admission.AdmissionLimits;

/**
 * A key or group whose requests are counted together. A limit that is null does not apply.
 *
 * @param name {@code key:key_…} or {@code group:default}
 * @param requestsPerMinute requests per minute
 * @param imagesPerMinute input and requested images per minute
 */
public record RateLimitScope(String name, @Nullable Integer requestsPerMinute, @Nullable Integer imagesPerMinute) {

    /** Creates the scope of these limits. */
    public static RateLimitScope of(String name, AdmissionLimits limits) {
        return new RateLimitScope(name, limits.requestsPerMinute(), limits.imagesPerMinute());
    }
}
