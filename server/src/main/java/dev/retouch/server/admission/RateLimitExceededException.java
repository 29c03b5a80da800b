package dev.retouch.server.admission;

import java.time.Duration;
import java.util.Map;

import dev.retouch.server.admission.rate.RateLimitStatus;
import dev.retouch.server.admission.rate.RateLimitUnit;

/** Thrown if a request exceeds a rate limit. No tokens were taken from any bucket. */
public final class RateLimitExceededException extends AdmissionRejectedException {

    private static final long serialVersionUID = 1L;

    private final String scope;
    private final RateLimitUnit kind;
    private final int perMinute;
    private final transient RateLimitStatus left;

    public RateLimitExceededException(String scope, RateLimitUnit kind, int perMinute, Duration retryAfter,
            RateLimitStatus left) {
        super(perMinute + " " + kind.word() + " per minute are used up in " + scope, retryAfter);
        this.scope = scope;
        this.kind = kind;
        this.perMinute = perMinute;
        this.left = left;
    }

    /** Returns the scope of the limit. If several limits reject the request, it is the limit with the longest wait. */
    public String scope() {
        return scope;
    }

    public RateLimitUnit kind() {
        return kind;
    }

    /** Returns the limit per minute. */
    public int perMinute() {
        return perMinute;
    }

    /** Returns the rate limit headers of the response. */
    public Map<String, String> headers() {
        return left.headers();
    }
}
