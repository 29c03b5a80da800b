package dev.retouch.server.admission;

import java.util.List;

/**
 * How many requests and images of a key and of a group begin within a minute. Each limit is a bucket as large as the limit,
 * full at first, that is filled again evenly within a minute: a burst is let through, and then the pace. When a limit is
 * changed, the share of it that is used up stays used up.
 */
public interface RateLimits {

    /**
     * Takes one request and its images from all the limits, or nothing from any.
     *
     * @param scopes whose limits they are, each name once
     * @param images how many images the request has, those that come in and those that are asked for
     * @throws RateLimitedException where a limit is used up; if nobody else takes anything, the same request is let through
     *         after its {@code retryAfter}, and not a millisecond earlier
     * @throws TooManyImagesForLimitException where the request can never be let through
     */
    RateResult take(List<RateScope> scopes, int images);
}
