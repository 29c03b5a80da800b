package dev.retouch.server.cli;

import java.math.BigDecimal;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

import dev.retouch.server.billing.Money;
import dev.retouch.server.settings.DurationDeserializer;

/**
 * Parses values of options. An error message names the option and never contains the value, which may be a secret in
 * the wrong place.
 */
final class OptionParsers {

    private static final int SCORE_DECIMALS = 9;

    private OptionParsers() {}

    /** Parses an amount other than zero. */
    static Money amount(String name, String text) {
        try {
            Money amount = Money.of(new BigDecimal(text.strip()));
            if (!amount.isZero()) {
                return amount;
            }
        } catch (NumberFormatException e) {
            throw new CommandException(name + " must be a decimal number, such as 5, 12.50 or -2");
        } catch (ArithmeticException e) {
            throw new CommandException(name + " is more than the ledger can hold");
        }
        throw new CommandException(name + " must not be zero, and not less than a billionth");
    }

    /** Parses an initial budget, which must not be negative. */
    static @Nullable Money budget(@Nullable String text) {
        Money budget = text == null ? null : amount("--budget", text);
        if (budget != null && budget.isNegative()) {
            throw new CommandException("--budget must be above zero");
        }
        return budget;
    }

    /** Parses an integer with a minimum. */
    static int whole(String name, String text, int least) {
        try {
            int number = Integer.parseInt(text.strip());
            if (number >= least) {
                return number;
            }
        } catch (NumberFormatException e) {
            throw new CommandException(name + " must be a whole number, such as 10, or none");
        }
        throw new CommandException(name + " must be at least " + least);
    }

    /** Parses a duration as in settings. */
    static Duration duration(String name, String text) {
        try {
            Duration duration = DurationDeserializer.parse(text);
            if (!duration.isNegative()) {
                return duration;
            }
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw new CommandException(name + " must be a duration, such as 30s, 10m, 1h or 30d");
        }
        throw new CommandException(name + " must not be below zero");
    }

    /** Parses an enum constant. */
    static <E extends Enum<E>> E choice(String name, String text, Class<E> choices) {
        return Arrays.stream(choices.getEnumConstants())
                .filter(choice -> ConsoleFormatter.choice(choice).equals(text.strip().toLowerCase(Locale.ROOT)))
                .findFirst()
                .orElseThrow(() -> new CommandException(name + " must be one of "
                        + Arrays.stream(choices.getEnumConstants()).map(ConsoleFormatter::choice)
                                .collect(Collectors.joining(", "))));
    }

    /** Parses a moderation score. */
    static BigDecimal score(String name, String text) {
        try {
            BigDecimal score = new BigDecimal(text.strip()).stripTrailingZeros();
            if (score.signum() >= 0 && score.compareTo(BigDecimal.ONE) <= 0 && score.scale() <= SCORE_DECIMALS) {
                return score;
            }
        } catch (NumberFormatException e) {
            throw new CommandException(name + " must be a number from 0 to 1, such as 0.5, or none");
        }
        throw new CommandException(name + " must be 0 to 1, with at most " + SCORE_DECIMALS + " decimals");
    }

    /** Parses a day of the usage report. */
    static LocalDate day(String name, String text) {
        try {
            LocalDate day = LocalDate.parse(text.strip());
            if (day.getYear() >= 1970 && day.getYear() <= 9999) {
                return day;
            }
        } catch (DateTimeException e) {
            throw new CommandException(name + " must be a day, such as 2026-11-21");
        }
        throw new CommandException(name + " must be a day from 1970 to 9999");
    }

    /** Parses an expiry: the end of a day in the local zone, a time, or a duration from now. */
    static Instant expiry(String name, String text, Clock clock) {
        String given = text.strip();
        try {
            if (!given.contains("-")) {
                return clock.instant().plus(DurationDeserializer.parse(given));
            }
            return given.length() > "2026-12-31".length()
                    ? OffsetDateTime.parse(given).toInstant()
                    : LocalDate.parse(given).plusDays(1).atStartOfDay(clock.getZone()).toInstant();
        } catch (DateTimeException | IllegalArgumentException | ArithmeticException e) {
            throw new CommandException(name
                    + " must be a day such as 2026-12-31, a time such as 2026-12-31T18:00:00Z, or a duration such as 30d");
        }
    }
}
