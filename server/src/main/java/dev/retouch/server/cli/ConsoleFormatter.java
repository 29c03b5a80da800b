package dev.retouch.server.cli;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

import dev.retouch.server.admission.AdmissionLimits;
import dev.retouch.server.billing.Budget;
import dev.retouch.server.billing.Money;

/**
 * Formats amounts, times and limits for the console.
 *
 * @param currency currency of all amounts
 * @param zone time zone of printed times
 */
record ConsoleFormatter(String currency, ZoneId zone) {

    /** Placeholder for an empty value. */
    static final String NOTHING = "-";

    private static final int DECIMALS = 2;

    /** Formats an amount with its currency. */
    String money(Money money) {
        BigDecimal amount = money.amount();
        return (amount.scale() < DECIMALS ? amount.setScale(DECIMALS) : amount).toPlainString() + " " + currency;
    }

    /** Formats a time in seconds, in the zone of this formatter. */
    String time(@Nullable Instant moment) {
        return moment == null
                ? NOTHING
                : DateTimeFormatter.ISO_OFFSET_DATE_TIME
                        .format(moment.truncatedTo(ChronoUnit.SECONDS).atZone(zone));
    }

    /** Formats the available amount of a budget. */
    String available(Optional<Budget> budget) {
        return budget.filter(Budget::limited).map(known -> money(known.available())).orElse("not limited");
    }

    /** Formats the spent amount of a budget. */
    String spent(Optional<Budget> budget) {
        return money(budget.map(Budget::spent).orElse(Money.ZERO));
    }

    /** Returns a budget as a list of properties. */
    Map<String, String> budget(Optional<Budget> budget) {
        Map<String, String> lines = new LinkedHashMap<>();
        lines.put("available", available(budget));
        lines.put("held", money(budget.map(Budget::held).orElse(Money.ZERO)));
        lines.put("spent", spent(budget));
        return lines;
    }

    /** Returns limits as a list of properties. */
    static Map<String, String> limits(AdmissionLimits limits) {
        Map<String, String> lines = new LinkedHashMap<>();
        lines.put("concurrent edits", limit(limits.concurrentEdits()));
        lines.put("queue", limits.queue() == null ? limits.queueOrDefault() + " (default)" : limits.queue().toString());
        lines.put("queue wait",
                duration(limits.queueWaitOrDefault()) + (limits.queueWait() == null ? " (default)" : ""));
        lines.put("requests per minute", limit(limits.requestsPerMinute()));
        lines.put("images per minute", limit(limits.imagesPerMinute()));
        return lines;
    }

    /** Formats an enum constant as an option value. */
    static String choice(Enum<?> choice) {
        return choice.name().toLowerCase(Locale.ROOT);
    }

    /** Formats a duration as an option value. */
    private static String duration(Duration duration) {
        return duration.toMillis() % 1000 == 0 ? duration.toSeconds() + "s" : duration.toMillis() + "ms";
    }

    private static String limit(@Nullable Integer limit) {
        return limit == null ? "not limited" : limit.toString();
    }
}
