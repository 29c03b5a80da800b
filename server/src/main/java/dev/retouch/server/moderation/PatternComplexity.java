package dev.retouch.server.moderation;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How many steps a pattern becomes. RE2/J writes counted repetitions out, so that {@code ((a{1000}){1000}){1000}} would
 * take all memory before it ever met a prompt; and its time for a prompt grows with the steps.
 */
final class PatternComplexity {

    /** Longer ones are not measured. */
    static final int MAX_CHARACTERS = 2000;

    /** A quoted part, an escape, a class, a bracket, a repetition, or any single character. */
    private static final Pattern TOKEN = Pattern.compile("""
            \\\\Q.*?(?:\\\\E|$)|\\\\[pPx]\\{[^}]*}|\\\\.\
            |\\[\\^?]?(?:\\[:[^\\]]*:]|\\\\.|[^\\]\\\\])*]\
            |(?<open>\\()|(?<close>\\))|\\{(?<least>\\d+)(?<most>,\\d*)?}|.""", Pattern.DOTALL);

    private PatternComplexity() {}

    /** Roughly so many; never fewer than the repetitions make. */
    static double of(String pattern) {
        Deque<Double> outside = new ArrayDeque<>();
        double steps = 0;
        double last = 0;
        for (Matcher token = TOKEN.matcher(pattern); token.find();) {
            if (token.group("open") != null) {
                outside.push(steps);
                steps = 0;
            } else if (token.group("close") != null && !outside.isEmpty()) {
                last = steps;
                steps += outside.pop();
            } else if (token.group("least") != null) {
                double more = last * (times(token) - 1);
                steps += more;
                last += more;
            } else {
                last = token.group().startsWith("\\Q") ? token.group().length() : 1;
                steps += last;
            }
        }
        return steps;
    }

    private static double times(Matcher repetition) {
        String most = repetition.group("most");
        return Double.parseDouble(most == null || most.length() == 1 ? repetition.group("least") : most.substring(1));
    }
}
