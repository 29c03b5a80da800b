package dev.retouch.server.config;

import java.nio.file.Path;
import java.time.Duration;

import org.jspecify.annotations.Nullable;

import dev.retouch.server.settings.SettingChecks;

/**
 * The documents of upstreams, models and moderation rules in the database.
 *
 * @param stored whether they are used instead of the files
 * @param refresh how often the database is asked for newer versions
 * @param keyEnvPrefix the beginning of the environment variables that they may name
 * @param keyFolder the folder of the key files that they may name; null for none
 */
public record CatalogSettings(boolean stored, Duration refresh, String keyEnvPrefix, @Nullable Path keyFolder) {

    /** Rejects a prefix that would allow all variables. */
    public CatalogSettings {
        SettingChecks.positive(refresh, "refresh");
        SettingChecks.check(refresh.compareTo(Duration.ofMinutes(1)) <= 0, "refresh", "must be at most 1m");
        SettingChecks.check(keyEnvPrefix.matches("[A-Za-z_][A-Za-z0-9_]*"), "key-env-prefix",
                "must be the beginning of names of environment variables");
        SettingChecks.check(!keyEnvPrefix.startsWith("RETOUCH_"), "key-env-prefix",
                "must not start with RETOUCH_, as settings do");
        keyFolder = SettingChecks.file(keyFolder);
    }
}
