package dev.retouch.server.observe;

import java.util.Locale;
import java.util.Set;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;

import dev.retouch.server.moderation.ModerationObserver;

/** Counts verdicts of moderation. */
record ModerationMetrics(MeterRegistry meters, BoundedLabel categories) implements ModerationObserver {

    private static final String NONE = "none";

    @Override
    public void moderated(Outcome outcome, Set<String> found, String by) {
        if (found.isEmpty()) {
            count(outcome, NONE, by);
        }
        found.forEach(category -> count(outcome, categories.of(category), by));
    }

    private void count(Outcome outcome, String category, String by) {
        Counter.builder("retouch.moderation").description("Moderated edits; an edit counts once for each category")
                .tag("verdict", outcome.name().toLowerCase(Locale.ROOT)).tag("category", category).tag("by", by)
                .register(meters).increment();
    }
}
