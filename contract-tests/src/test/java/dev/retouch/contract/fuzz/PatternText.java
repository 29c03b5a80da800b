package dev.retouch.contract.fuzz;

import java.util.ArrayList;
import java.util.List;

/** Texts that a regular expression matches, of the few kinds that the document uses. */
final class PatternText {

    private static final int MAX_REPETITIONS = 24;

    private final String pattern;
    private final SeededRandom draw;
    private int at;

    private PatternText(String pattern, SeededRandom draw) {
        this.pattern = pattern;
        this.draw = draw;
    }

    static String matching(String pattern, SeededRandom draw) {
        String inner = pattern.replaceAll("^\\^|\\$$", "");
        PatternText text = new PatternText(inner, draw);
        String matching = text.alternatives();
        if (text.at < inner.length() || !matching.matches(pattern)) {
            throw new IllegalStateException("cannot make a text for " + pattern);
        }
        return matching;
    }

    private String alternatives() {
        List<String> all = new ArrayList<>(List.of(sequence()));
        while (at < pattern.length() && pattern.charAt(at) == '|') {
            at++;
            all.add(sequence());
        }
        return draw.oneOf(all);
    }

    private String sequence() {
        StringBuilder text = new StringBuilder();
        while (at < pattern.length() && "|)".indexOf(pattern.charAt(at)) < 0) {
            int start = at;
            String once = atom();
            int end = at;
            long times = repetitions();
            int after = at;
            for (long done = 0; done < times; done++) {
                if (done > 0) {
                    at = start;
                    once = atom();
                }
                text.append(once);
            }
            at = Math.max(end, after);
        }
        return text.toString();
    }

    private String atom() {
        char next = pattern.charAt(at++);
        return switch (next) {
            case '(' -> group();
            case '[' -> String.valueOf(oneOfClass());
            case '\\' -> String.valueOf(pattern.charAt(at++));
            default -> String.valueOf(next);
        };
    }

    private String group() {
        String inner = alternatives();
        at++;
        return inner;
    }

    private char oneOfClass() {
        List<Character> all = new ArrayList<>();
        while (pattern.charAt(at) != ']') {
            char first = pattern.charAt(at++);
            char last = first;
            if (pattern.charAt(at) == '-' && pattern.charAt(at + 1) != ']') {
                last = pattern.charAt(at + 1);
                at += 2;
            }
            for (char each = first; each <= last; each++) {
                all.add(each);
            }
        }
        at++;
        return draw.oneOf(all);
    }

    private long repetitions() {
        char sign = at < pattern.length() ? pattern.charAt(at) : ' ';
        if ("?*+{".indexOf(sign) < 0) {
            return 1;
        }
        at++;
        return switch (sign) {
            case '?' -> draw.between(0, 1);
            case '*' -> draw.between(0, 3);
            case '+' -> draw.chance(80) ? draw.between(1, 3) : draw.between(1, MAX_REPETITIONS);
            default -> counted();
        };
    }

    private long counted() {
        int end = pattern.indexOf('}', at);
        String[] bounds = pattern.substring(at, end).split(",", 2);
        at = end + 1;
        return draw.between(Long.parseLong(bounds[0]), Long.parseLong(bounds[bounds.length - 1]));
    }
}
