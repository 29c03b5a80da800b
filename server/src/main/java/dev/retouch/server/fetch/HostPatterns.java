package dev.retouch.server.fetch;

import java.util.List;
import java.util.stream.Stream;

import com.fasterxml.jackson.annotation.JsonCreator;

/**
 * Host patterns from a setting, separated by commas. {@code images.example.com} matches this host;
 * {@code *.example.com} matches every host below example.com, but not example.com.
 *
 * @param patterns the patterns in lower case
 */
public record HostPatterns(List<String> patterns) {

    private static final String BELOW = "*.";

    /** Copies the list. */
    public HostPatterns {
        patterns = List.copyOf(patterns);
    }

    /** Parses {@code images.example.com, *.example.net}; an empty text is an empty list. */
    @JsonCreator
    public static HostPatterns parse(String text) {
        return new HostPatterns(Stream.of(text.split(",", -1)).map(String::strip).filter(item -> !item.isEmpty())
                .map(HostPatterns::pattern).toList());
    }

    private static String pattern(String item) {
        String below = item.startsWith(BELOW) ? BELOW : "";
        return HostName.parse(item.substring(below.length())).map(host -> below + host)
                .orElseThrow(() -> new IllegalArgumentException("'" + item
                        + "' is not a host; write it like images.example.com or *.example.com"));
    }

    boolean isEmpty() {
        return patterns.isEmpty();
    }

    boolean hasWildcards() {
        return patterns.stream().anyMatch(pattern -> pattern.startsWith(BELOW));
    }

    boolean match(HostName host) {
        String text = host.toString();
        return patterns.stream().anyMatch(pattern -> pattern.startsWith(BELOW)
                ? text.endsWith(pattern.substring(1)) && text.length() >= pattern.length()
                : text.equals(pattern));
    }
}
