package dev.retouch.server.config;

import java.time.Duration;

import dev.retouch.server.settings.SettingChecks;

/**
 * The phases of a shutdown.
 *
 * @param delay how long the gateway still accepts edits
 * @param grace the longest time for edits in flight to finish after that
 */
public record ShutdownSettings(Duration delay, Duration grace) {

    /** Rejects negative times. */
    public ShutdownSettings {
        SettingChecks.check(!delay.isNegative(), "delay", "must not be below zero");
        SettingChecks.check(!grace.isNegative(), "grace", "must not be below zero");
    }
}
