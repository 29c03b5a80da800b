package dev.retouch.server.config;

import java.time.Duration;

import dev.retouch.server.settings.SettingChecks;

/**
 * The settings of idempotency keys.
 *
 * @param lifetime how long a response is stored
 */
public record IdempotencySettings(Duration lifetime) {

    /** Rejects lifetimes below a second. */
    public IdempotencySettings {
        SettingChecks.check(lifetime.compareTo(Duration.ofSeconds(1)) >= 0, "lifetime", "must be at least 1s");
    }
}
