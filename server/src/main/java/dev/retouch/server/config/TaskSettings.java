package dev.retouch.server.config;

import java.time.Duration;

import dev.retouch.server.settings.SettingChecks;

/**
 * The settings of tasks.
 *
 * @param lifetime how long a task is kept after its end
 * @param maxRunning the maximum number of tasks that an instance runs at once
 * @param maxWaiting the maximum number of tasks that wait for a worker
 */
public record TaskSettings(Duration lifetime, int maxRunning, int maxWaiting) {

    /** Rejects settings with which no task could run. */
    public TaskSettings {
        SettingChecks.check(lifetime.compareTo(Duration.ofSeconds(1)) >= 0, "lifetime", "must be at least 1s");
        SettingChecks.check(maxRunning > 0, "max-running", "must be at least 1, but is " + maxRunning);
        SettingChecks.check(maxWaiting >= 0, "max-waiting", "must not be below zero, but is " + maxWaiting);
    }
}
