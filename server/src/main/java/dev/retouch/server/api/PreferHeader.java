package dev.retouch.server.api;

import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

/**
 * The preferences of a {@code Prefer} header (RFC 7240) that the gateway supports. Unknown and malformed preferences
 * are ignored, as the RFC requires.
 *
 * @param respondAsync whether the response may precede the end of the edit
 * @param maxWait how long to wait for the edit first
 */
record PreferHeader(boolean respondAsync, Optional<Duration> maxWait) {

    private static final Duration MAX_WAIT = Duration.ofMinutes(10);

    /** Parses a header; several headers are joined by commas. The first preference of each kind applies. */
    static PreferHeader of(@Nullable String header) {
        boolean respondAsync = false;
        Optional<Duration> maxWait = Optional.empty();
        for (String preference : header == null ? new String[0] : header.split(",")) {
            String[] parts = preference.replaceAll(";.*", "").split("=", 2);
            String name = parts[0].strip().toLowerCase(Locale.ROOT);
            respondAsync |= name.equals("respond-async");
            if (name.equals("wait") && maxWait.isEmpty() && parts.length == 2) {
                maxWait = seconds(parts[1].strip().replaceAll("^\"(.*)\"$", "$1"));
            }
        }
        return new PreferHeader(respondAsync, maxWait);
    }

    private static Optional<Duration> seconds(String text) {
        if (!text.matches("\\d{1,9}")) {
            return Optional.empty();
        }
        Duration asked = Duration.ofSeconds(Long.parseLong(text));
        return Optional.of(asked.compareTo(MAX_WAIT) < 0 ? asked : MAX_WAIT);
    }
}
