package dev.retouch.server.admission;

import java.time.Duration;
import java.util.Map;

/** More was asked for within a minute than the limit lets through. Nothing was taken from any limit. */
public final class RateLimitedException extends NoRoomException {

    private static final long serialVersionUID = 1L;

    private final String scope;
    private final RateKind kind;
    private final int perMinute;
    private final transient RateResult left;

    RateLimitedException(String scope, RateKind kind, int perMinute, Duration retryAfter, RateResult left) {
        super(perMinute + " " + kind.word() + " per minute are used up in " + scope, retryAfter);
        this.scope = scope;
        this.kind = kind;
        this.perMinute = perMinute;
        this.left = left;
    }

    /** Whose limit it is; where several refuse, the one that takes longest. */
    public String scope() {
        return scope;
    }

    /** What is limited. */
    public RateKind kind() {
        return kind;
    }

    /** The limit. */
    public int perMinute() {
        return perMinute;
    }

    /** What is left, for the answer's headers. */
    public Map<String, String> headers() {
        return left.headers();
    }
}
