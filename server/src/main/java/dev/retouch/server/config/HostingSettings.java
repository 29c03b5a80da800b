package dev.retouch.server.config;

import java.time.Duration;

import dev.retouch.server.settings.SettingChecks;

/**
 * The settings of hosted images.
 *
 * @param urlLifetime how long a signed URL is valid
 */
public record HostingSettings(Duration urlLifetime) {

    /** Rejects lifetimes below a second. */
    public HostingSettings {
        SettingChecks.check(urlLifetime.compareTo(Duration.ofSeconds(1)) >= 0, "url-lifetime", "must be at least 1s");
    }
}
