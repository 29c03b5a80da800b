package dev.retouch.server.config;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;

import org.jspecify.annotations.Nullable;

import dev.retouch.server.secret.Secret;
import dev.retouch.server.settings.SettingChecks;

/**
 * The settings of the moderation.
 *
 * @param rulesFile the operator's rules, or null for none
 * @param url the base URL of the moderation service, or null for the upstream of the group
 * @param key the API key of the moderation service
 * @param timeout the longest time for a prompt or an image
 */
public record ModerationSettings(@Nullable Path rulesFile, @Nullable URI url, Secret key, Duration timeout) {

    /** Rejects invalid URLs and a timeout of zero. */
    public ModerationSettings {
        rulesFile = SettingChecks.file(rulesFile);
        url = SettingChecks.httpUrl(url, "url");
        SettingChecks.positive(timeout, "timeout");
    }
}
