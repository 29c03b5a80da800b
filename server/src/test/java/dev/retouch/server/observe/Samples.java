package dev.retouch.server.observe;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The samples of a text in the format of Prometheus. */
record Samples(List<Sample> all) {

    private static final Pattern LINE = Pattern.compile("([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\\{(.*)})? (\\S+)");
    private static final Pattern LABEL = Pattern.compile("([a-zA-Z_][a-zA-Z0-9_]*)=\"((?:[^\"\\\\]|\\\\.)*)\"");

    /** A value with its name and labels. */
    record Sample(String name, Map<String, String> labels, double value) {}

    static Samples parse(String text) {
        return new Samples(text.lines().filter(line -> !line.startsWith("#")).map(Samples::sample).toList());
    }

    private static Sample sample(String line) {
        Matcher parts = LINE.matcher(line);
        if (!parts.matches()) {
            throw new AssertionError("no sample: " + line);
        }
        Map<String, String> labels = new HashMap<>();
        if (parts.group(2) != null) {
            Matcher label = LABEL.matcher(parts.group(2));
            while (label.find()) {
                labels.put(label.group(1), label.group(2));
            }
        }
        String value = parts.group(3);
        return new Sample(parts.group(1), labels,
                value.equals("+Inf") ? Double.POSITIVE_INFINITY : Double.parseDouble(value));
    }

    /** The samples with this name and these labels, written as {@code name=value}. */
    List<Sample> of(String name, String... labels) {
        return all.stream().filter(sample -> sample.name().equals(name)).filter(sample -> List.of(labels).stream()
                .allMatch(label -> label.substring(label.indexOf('=') + 1)
                        .equals(sample.labels().get(label.substring(0, label.indexOf('='))))))
                .toList();
    }

    double sum(String name, String... labels) {
        return of(name, labels).stream().mapToDouble(Sample::value).sum();
    }

    Set<String> names() {
        return all.stream().map(Sample::name).collect(Collectors.toSet());
    }
}
