package dev.retouch.server.config;

import java.nio.file.Path;

import org.jspecify.annotations.Nullable;

import dev.retouch.server.settings.SettingChecks;

/**
 * The settings of what is kept of edits.
 *
 * @param keyFile the file of the key that encrypts prompts and thumbnails, or null for that of the data directory
 */
public record RetentionSettings(@Nullable Path keyFile) {

    /** An empty path is none. */
    public RetentionSettings {
        keyFile = SettingChecks.file(keyFile);
    }
}
