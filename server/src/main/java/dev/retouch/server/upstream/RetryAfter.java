package dev.retouch.server.upstream;

import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;

import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;

/** When an upstream wants to be asked again. It says so in milliseconds, in seconds, or with a date; what is odd is not believed. */
final class RetryAfter {

    private static final Duration LONGEST = Duration.ofDays(1);
    private static final String DIGITS = "\\d{1,9}";

    private RetryAfter() {}

    /** The delay that an answer's headers name. */
    static Optional<Duration> of(HttpFields headers, Clock clock) {
        String milliseconds = headers.get("retry-after-ms");
        if (milliseconds != null && milliseconds.strip().matches(DIGITS)) {
            return believed(Duration.ofMillis(Long.parseLong(milliseconds.strip())));
        }
        String text = headers.get(HttpHeader.RETRY_AFTER);
        if (text == null) {
            return Optional.empty();
        }
        if (text.strip().matches(DIGITS)) {
            return believed(Duration.ofSeconds(Long.parseLong(text.strip())));
        }
        try {
            Duration delay = Duration.between(clock.instant(),
                    ZonedDateTime.parse(text.strip(), DateTimeFormatter.RFC_1123_DATE_TIME).toInstant());
            return believed(delay.isNegative() ? Duration.ZERO : delay);
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    private static Optional<Duration> believed(Duration delay) {
        return delay.compareTo(LONGEST) > 0 ? Optional.empty() : Optional.of(delay);
    }
}
