package dev.retouch.server.app;

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

import dev.retouch.server.billing.Budget;
import dev.retouch.server.billing.Money;
import dev.retouch.server.policy.RoomLimits;

/**
 * How the command line writes money, times and limits for people.
 *
 * @param currency what all amounts are in
 * @param zone whose clock times are read on
 */
record Wording(String currency, ZoneId zone) {

    /** What stands where there is nothing. */
    static final String NOTHING = "-";

    private static final int DECIMALS = 2;

    /** An amount with its currency. */
    String money(Money money) {
        BigDecimal amount = money.amount();
        return (amount.scale() < DECIMALS ? amount.setScale(DECIMALS) : amount).toPlainString() + " " + currency;
    }

    /** A moment to the second, as clocks here show it. */
    String time(@Nullable Instant moment) {
        return moment == null
                ? NOTHING
                : DateTimeFormatter.ISO_OFFSET_DATE_TIME
                        .format(moment.truncatedTo(ChronoUnit.SECONDS).atZone(zone));
    }

    /** What is left of a budget. */
    String available(Optional<Budget> budget) {
        return budget.filter(Budget::limited).map(known -> money(known.available())).orElse("not limited");
    }

    /** What was spent, whether limited or not. */
    String spent(Optional<Budget> budget) {
        return money(budget.map(Budget::spent).orElse(Money.ZERO));
    }

    /** A whole budget, for a list of properties. */
    Map<String, String> budget(Optional<Budget> budget) {
        Map<String, String> lines = new LinkedHashMap<>();
        lines.put("available", available(budget));
        lines.put("held", money(budget.map(Budget::held).orElse(Money.ZERO)));
        lines.put("spent", spent(budget));
        return lines;
    }

    /** Limits, for a list of properties. */
    static Map<String, String> limits(RoomLimits room) {
        Map<String, String> lines = new LinkedHashMap<>();
        lines.put("concurrent edits", limit(room.concurrentEdits()));
        lines.put("queue", room.queue() == null ? room.queueOrDefault() + " (default)" : room.queue().toString());
        lines.put("queue wait",
                duration(room.queueWaitOrDefault()) + (room.queueWait() == null ? " (default)" : ""));
        lines.put("requests per minute", limit(room.requestsPerMinute()));
        lines.put("images per minute", limit(room.imagesPerMinute()));
        return lines;
    }

    /** A choice, as it is written in options. */
    static String choice(Enum<?> choice) {
        return choice.name().toLowerCase(Locale.ROOT);
    }

    /** A duration, as it is written in options. */
    private static String duration(Duration duration) {
        return duration.toMillis() % 1000 == 0 ? duration.toSeconds() + "s" : duration.toMillis() + "ms";
    }

    private static String limit(@Nullable Integer limit) {
        return limit == null ? "not limited" : limit.toString();
    }
}
