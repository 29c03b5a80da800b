package dev.retouch.server.admission.rate;

import java.util.List;

import dev.retouch.server.admission.RateLimitExceededException;

/**
 * Limits requests and images per minute of a key and its group, with a token bucket for each limit. A bucket holds a
 * minute's tokens, starts full and refills evenly: a burst passes, then the even rate. If a limit changes, the used
 * share of its bucket stays used.
 */
public interface RateLimiter {

    /**
     * Takes a request and its images from all limits, or from none.
     *
     * @param scopes scopes of the request, with unique names
     * @param images input and requested images of the request
     * @throws RateLimitExceededException if a limit is exceeded; without other requests, the same request passes
     *    exactly after its {@code retryAfter}
     * @throws ImagesAboveLimitException if the request can never pass
     */
    RateLimitStatus take(List<RateLimitScope> scopes, int images);
}
