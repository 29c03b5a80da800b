package dev.retouch.server.admission.rate;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What remains of the rate limits.
 *
 * @param headers headers for the response, in order, such as {@code x-ratelimit-remaining-requests}; for each unit
 *    those of the scope with the least remaining; empty without limits
 */
public record RateLimitStatus(Map<String, String> headers) {

    public RateLimitStatus {
        headers = Collections.unmodifiableMap(new LinkedHashMap<>(headers));
    }

    /** Formats a duration as OpenAI's headers do: {@code 120ms}, {@code 1.5s}, {@code 6m0s}. */
    static String text(Duration duration) {
        long millis = duration.plusNanos(999_999).toMillis();
        if (millis > 0 && millis < 1000) {
            return millis + "ms";
        }
        long minutes = millis / 60_000;
        String seconds = BigDecimal.valueOf(millis % 60_000, 3).stripTrailingZeros().toPlainString() + "s";
        return minutes > 0 ? minutes + "m" + seconds : seconds;
    }
}
