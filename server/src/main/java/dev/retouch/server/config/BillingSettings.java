package dev.retouch.server.config;

import java.time.Duration;

import dev.retouch.server.billing.HoldPolicy;
import dev.retouch.server.settings.SettingChecks;

/**
 * The settings of billing.
 *
 * @param currency the currency of all prices and budgets
 * @param undecidedAfter how long an undecided edit keeps its hold before {@code undecided} applies
 * @param undecided what then happens to the hold
 * @param abandoned what happens to the hold of an abandoned edit
 * @param deadAfter the time without heartbeat after which an instance is dead
 * @param keepEdits how long an edit is kept after its end; zero for ever
 */
public record BillingSettings(String currency, Duration undecidedAfter, HoldPolicy undecided, HoldPolicy abandoned,
        Duration deadAfter, Duration keepEdits) {

    /** Rejects times in which an instance could be dead between two heartbeats, and edits that are kept for less than a day. */
    public BillingSettings {
        SettingChecks.check(currency.matches("[A-Z]{3}"), "currency", "must be three capital letters, such as USD");
        SettingChecks.check(!undecidedAfter.isNegative(), "undecided-after", "must not be below zero");
        SettingChecks.check(deadAfter.compareTo(Duration.ofSeconds(3)) >= 0, "dead-after", "must be at least 3s");
        SettingChecks.check(keepEdits.isZero() || keepEdits.compareTo(Duration.ofDays(1)) >= 0, "keep-edits",
                "must be at least 1d, or 0d to keep edits for ever");
    }
}
