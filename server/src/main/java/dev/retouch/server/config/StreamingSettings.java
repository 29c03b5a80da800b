package dev.retouch.server.config;

import java.time.Duration;

import dev.retouch.server.settings.SettingChecks;

/**
 * When keep-alive data is sent during silence.
 *
 * @param keepAlive the silence before a comment in an event stream, or zero for never
 * @param jsonKeepAlive the silence before white space in a JSON response, or zero for never
 */
public record StreamingSettings(Duration keepAlive, Duration jsonKeepAlive) {

    /** Rejects intervals that are too short. */
    public StreamingSettings {
        SettingChecks.check(isInterval(keepAlive), "keep-alive", "must be 0s or at least 100ms");
        SettingChecks.check(isInterval(jsonKeepAlive), "json-keep-alive", "must be 0s or at least 100ms");
    }

    private static boolean isInterval(Duration given) {
        return given.isZero() || given.compareTo(Duration.ofMillis(100)) >= 0;
    }
}
