package dev.retouch.mock.journal;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

import com.fasterxml.jackson.databind.JsonNode;

/** The record of a request. {@code status} is 0 until the response begins. */
public record JournalEntry(long sequence, Instant time, String method, String path, Optional<String> query,
        List<Header> headers, List<Part> form, Optional<JsonNode> json, List<String> scenarios, int status,
        Duration duration, Outcome outcome) {

    /** A header as received, with credentials shortened. */
    public record Header(String name, String value) {

        private static final int SHOWN = 4;
        private static final Set<String> CREDENTIALS = Set.of("authorization", "api-key", "x-goog-api-key", "x-key");

        static Header received(String name, String value) {
            return new Header(name, CREDENTIALS.contains(name.toLowerCase(Locale.ROOT)) ? shortened(value) : value);
        }

        private static String shortened(String credentials) {
            // of a key so short that four characters are half of it nothing is shown
            boolean tooShort = credentials.length() < "Bearer ".length() + 2 * SHOWN;
            return tooShort ? "…" : "…" + credentials.substring(credentials.length() - SHOWN);
        }
    }

    /** One part of a form. {@code text} only for text fields. */
    public record Part(int index, String name, Optional<String> filename, Optional<String> contentType, long size,
            String sha256, Optional<String> text) {}

    public JournalEntry {
        headers = List.copyOf(headers);
        form = List.copyOf(form);
        scenarios = List.copyOf(scenarios);
    }

    /** The first header of this name. */
    public Optional<String> header(String name) {
        return headers.stream().filter(header -> header.name().equalsIgnoreCase(name)).map(Header::value).findFirst();
    }

    /** The text of the first text field of this name. */
    public Optional<String> field(String name) {
        return form.stream().filter(part -> part.name().equals(name)).findFirst().flatMap(Part::text);
    }

    /** The parts of this name, in order. */
    public List<Part> parts(String name) {
        return form.stream().filter(part -> part.name().equals(name)).toList();
    }
}
