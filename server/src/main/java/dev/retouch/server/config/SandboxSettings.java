package dev.retouch.server.config;

import java.util.List;

import dev.retouch.server.settings.SettingChecks;

/**
 * The settings of the sandbox.
 *
 * @param enabled whether the embedded mock upstream serves edits
 * @param kind the upstream kind through which it is reached
 * @param returnBothForms whether its responses have base64 and a signed URL for each image
 * @param maxConcurrentEdits how many edits with the sandbox key run at once
 */
public record SandboxSettings(boolean enabled, String kind, boolean returnBothForms, int maxConcurrentEdits) {

    /** The upstream kinds that the mock upstream imitates. */
    public static final List<String> KINDS = List.of("openai", "azure", "gemini", "vertex", "openrouter", "xai", "bfl",
            "fal", "replicate");

    /** Rejects a kind that the mock upstream does not imitate, and a limit that no edit could satisfy. */
    public SandboxSettings {
        SettingChecks.check(KINDS.contains(kind), "kind",
                "must be one of " + String.join(", ", KINDS) + ", but is '" + kind + "'");
        SettingChecks.check(maxConcurrentEdits > 0, "max-concurrent-edits", "must be at least 1");
    }
}
