package dev.retouch.server.model;

import java.util.List;

/** Formats values for a sentence in OpenAI's style: {@code 'a', 'b', and 'c'}. */
public final class QuotedList {

    private QuotedList() {}

    /** Quotes and joins the values. */
    public static String of(List<String> values) {
        List<String> quoted = values.stream().map(value -> "'" + value + "'").toList();
        int last = quoted.size() - 1;
        return switch (quoted.size()) {
            case 0 -> "none";
            case 1 -> quoted.getFirst();
            case 2 -> quoted.getFirst() + " and " + quoted.getLast();
            default -> String.join(", ", quoted.subList(0, last)) + ", and " + quoted.getLast();
        };
    }
}
