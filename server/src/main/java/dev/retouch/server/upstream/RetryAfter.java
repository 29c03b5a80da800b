package dev.retouch.server.upstream;

import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;

import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;

/**
 * Reads the delay that a response asks for: {@code retry-after-ms}, or {@code retry-after} in seconds or as a date. An invalid value, or
 * one of more than a day, counts as absent.
 */
public final class RetryAfter {

    private static final Duration MAX_DELAY = Duration.ofDays(1);
    private static final String DIGITS = "\\d{1,9}";

    private RetryAfter() {}

    /** The delay that these headers ask for. */
    public static Optional<Duration> of(HttpFields headers, Clock clock) {
        String milliseconds = headers.get("retry-after-ms");
        if (milliseconds != null && milliseconds.strip().matches(DIGITS)) {
            return plausible(Duration.ofMillis(Long.parseLong(milliseconds.strip())));
        }
        String text = headers.get(HttpHeader.RETRY_AFTER);
        if (text == null) {
            return Optional.empty();
        }
        if (text.strip().matches(DIGITS)) {
            return plausible(Duration.ofSeconds(Long.parseLong(text.strip())));
        }
        try {
            Duration delay = Duration.between(clock.instant(),
                    ZonedDateTime.parse(text.strip(), DateTimeFormatter.RFC_1123_DATE_TIME).toInstant());
            return plausible(delay.isNegative() ? Duration.ZERO : delay);
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    private static Optional<Duration> plausible(Duration delay) {
        return delay.compareTo(MAX_DELAY) > 0 ? Optional.empty() : Optional.of(delay);
    }
}
