package dev.retouch.server.admission;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What is left of the limits.
 *
 * @param headers for the answer, in order, such as {@code x-ratelimit-remaining-requests}: of each kind those of the scope
 *        that has least left; empty where nothing is limited
 */
public record RateResult(Map<String, String> headers) {

    /** Keeps the order. */
    public RateResult {
        headers = Collections.unmodifiableMap(new LinkedHashMap<>(headers));
    }

    /** A duration as OpenAI's headers have it: {@code 120ms}, {@code 1.5s}, {@code 6m0s}. */
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
