package dev.retouch.server.api;

import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

/**
 * What a client would prefer (RFC 7240), of what this gateway knows. Others, and those that make no sense, are ignored, as the
 * standard wants it.
 *
 * @param respondAsync whether an answer may come before the edit has ended
 * @param patience how long to wait with it
 */
record Preferences(boolean respondAsync, Optional<Duration> patience) {

    private static final Duration LONGEST_WAIT = Duration.ofMinutes(10);

    /** Reads the header, or all of them with commas between. The first of each kind counts. */
    static Preferences of(@Nullable String header) {
        boolean respondAsync = false;
        Optional<Duration> patience = Optional.empty();
        for (String preference : header == null ? new String[0] : header.split(",")) {
            String[] words = preference.replaceAll(";.*", "").split("=", 2);
            String name = words[0].strip().toLowerCase(Locale.ROOT);
            respondAsync |= name.equals("respond-async");
            if (name.equals("wait") && patience.isEmpty() && words.length == 2) {
                patience = seconds(words[1].strip().replaceAll("^\"(.*)\"$", "$1"));
            }
        }
        return new Preferences(respondAsync, patience);
    }

    private static Optional<Duration> seconds(String text) {
        if (!text.matches("\\d{1,9}")) {
            return Optional.empty();
        }
        Duration asked = Duration.ofSeconds(Long.parseLong(text));
        return Optional.of(asked.compareTo(LONGEST_WAIT) < 0 ? asked : LONGEST_WAIT);
    }
}
