package dev.retouch.contract.conformance.check;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.retouch.contract.conformance.wire.Answer;

/** How long a link lives, where it says so in one of the ways that stores and relays have. */
final class LinkLifetime {

    private static final Pattern MAX_AGE = Pattern.compile("max-age=(\\d{1,9})");
    private static final Pattern NUMBER = Pattern.compile("\\d{1,12}");
    private static final DateTimeFormatter AMAZON = DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);
    private static final long SOME_MOMENT = 1_000_000_000;

    private LinkLifetime() {}

    /** From the link itself, or else from what the answer behind it says about keeping it. */
    static Optional<Duration> of(String url, Answer file, Instant now) {
        Map<String, String> query = query(url);
        return signed(query).or(() -> moment(query)).map(end -> Duration.between(now, end))
                .or(() -> file.header("cache-control").map(MAX_AGE::matcher).filter(Matcher::find)
                        .map(found -> Duration.ofSeconds(Long.parseLong(found.group(1)))));
    }

    /** Amazon and Google: when it was signed, and for how many seconds. */
    private static Optional<Instant> signed(Map<String, String> query) {
        for (String vendor : new String[]{"x-amz-", "x-goog-"}) {
            String date = query.getOrDefault(vendor + "date", "");
            String seconds = query.getOrDefault(vendor + "expires", "");
            if (NUMBER.matcher(seconds).matches()) {
                return parsed(date, true).map(begin -> begin.plusSeconds(Long.parseLong(seconds)));
            }
        }
        return Optional.empty();
    }

    /** Azure's {@code se} is a date, other parameters are in Unix seconds. */
    private static Optional<Instant> moment(Map<String, String> query) {
        for (String name : new String[]{"expires", "expiry", "exp", "expires_at", "se"}) {
            String value = query.getOrDefault(name, "");
            if (NUMBER.matcher(value).matches() && Long.parseLong(value) > SOME_MOMENT) {
                return Optional.of(Instant.ofEpochSecond(Long.parseLong(value)));
            }
            Optional<Instant> date = parsed(value, false);
            if (date.isPresent()) {
                return date;
            }
        }
        return Optional.empty();
    }

    private static Optional<Instant> parsed(String date, boolean amazon) {
        try {
            return Optional.of(amazon ? AMAZON.parse(date, Instant::from) : Instant.parse(date));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    private static Map<String, String> query(String url) {
        Map<String, String> query = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        for (String pair : url.replaceFirst("^[^?]*\\??", "").split("&")) {
            String[] sides = pair.split("=", 2);
            if (sides.length == 2) {
                try {
                    query.putIfAbsent(sides[0], URLDecoder.decode(sides[1], StandardCharsets.UTF_8));
                } catch (IllegalArgumentException e) {
                    // a value with a stray percent sign is ignored
                }
            }
        }
        return query;
    }
}
