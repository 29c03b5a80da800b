package dev.retouch.server.config;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

import dev.retouch.server.settings.SettingChecks;

/**
 * The web pages that may call the gateway.
 *
 * @param origins the allowed origins, separated by commas, or {@code *}
 * @param maxAge how long browsers may cache a preflight response
 */
public record CorsSettings(String origins, Duration maxAge) {

    private static final Pattern ORIGIN = Pattern.compile("https?://[^/?#@\\s]+", Pattern.CASE_INSENSITIVE);

    /** Rejects invalid origins. */
    public CorsSettings {
        for (String origin : list(origins)) {
            SettingChecks.check(origin.equals("*") || ORIGIN.matcher(origin).matches(), "origins", "'" + origin
                    + "' is not an origin; write it like https://app.example.com, without a path, or * for all");
        }
        SettingChecks.check(!maxAge.isNegative(), "max-age", "must not be below zero");
    }

    /** Returns the allowed origins. */
    public List<String> allowed() {
        return list(origins);
    }

    private static List<String> list(String origins) {
        return Arrays.stream(origins.split(",")).map(String::strip).filter(origin -> !origin.isEmpty()).toList();
    }
}
