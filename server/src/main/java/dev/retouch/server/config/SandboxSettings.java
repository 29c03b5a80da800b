package dev.retouch.server.config;

import dev.retouch.server.settings.SettingChecks;

/**
 * The settings of the sandbox.
 *
 * @param enabled whether the embedded mock upstream serves edits
 * @param returnBothForms whether its responses have base64 and a signed URL for each image
 * @param maxConcurrentEdits how many edits with the sandbox key run at once
 */
public record SandboxSettings(boolean enabled, boolean returnBothForms, int maxConcurrentEdits) {

    /** Rejects a limit that no edit could satisfy. */
    public SandboxSettings {
        SettingChecks.check(maxConcurrentEdits > 0, "max-concurrent-edits", "must be at least 1");
    }
}
