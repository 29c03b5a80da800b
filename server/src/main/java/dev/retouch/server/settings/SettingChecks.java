package dev.retouch.server.settings;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;

import org.jspecify.annotations.Nullable;

/** Checks and normalizes the values of settings. */
public final class SettingChecks {

    private SettingChecks() {}

    /** Rejects a value; {@code key} is the name of the setting within its section. */
    public static void check(boolean holds, String key, String rule) {
        if (!holds) {
            throw new BadValueException(key, rule);
        }
    }

    /** Rejects a duration that is zero or negative. */
    public static void positive(Duration time, String key) {
        check(!time.isNegative() && time.toMillis() > 0, key, "must be longer than zero");
    }

    /** Returns the path, or null if it is empty. */
    public static @Nullable Path file(@Nullable Path path) {
        return path == null || path.toString().isEmpty() ? null : path;
    }

    /** Returns the URL, or null if it is empty; rejects other schemes than http and https. */
    public static @Nullable URI httpUrl(@Nullable URI url, String key) {
        URI given = url == null || url.toString().isEmpty() ? null : url;
        check(given == null || "http".equals(given.getScheme()) || "https".equals(given.getScheme()), key,
                "must start with http:// or https://");
        return given;
    }

    /** Thrown for a value of the right type that is not valid. */
    public static final class BadValueException extends IllegalArgumentException {

        private final String key;

        BadValueException(String key, String rule) {
            super(rule);
            this.key = key;
        }

        /** The name of the setting within its section. */
        public String key() {
            return key;
        }
    }
}
