package dev.retouch.contract.conformance;

import java.util.List;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import dev.retouch.contract.conformance.cases.Case;
import dev.retouch.contract.conformance.cases.CaseException;

/**
 * Selects cases to run.
 *
 * @param rows the rows; empty for all
 * @param patterns texts or patterns in the names; empty for all
 */
record Selection(List<String> rows, List<String> patterns) {

    Selection {
        rows = List.copyOf(rows);
        patterns = List.copyOf(patterns);
    }

    /** A wish that nothing fulfils is a mistake, and not a report without cases. */
    List<Case> of(List<Case> all) {
        for (String row : rows) {
            if (all.stream().noneMatch(each -> each.row().name().equalsIgnoreCase(row))) {
                throw new CaseException("There is no row '" + row + "'. There are: " + String.join(", ", all.stream()
                        .map(each -> each.row().name()).distinct().toList()) + ".");
            }
        }
        List<Pattern> wanted = patterns.stream().map(Selection::compiled).toList();
        List<Case> chosen = all.stream().filter(each -> rows.isEmpty()
                || rows.stream().anyMatch(row -> row.equalsIgnoreCase(each.row().name())))
                .filter(each -> wanted.isEmpty() || wanted.stream().anyMatch(one -> one.matcher(each.id()).find()))
                .toList();
        if (chosen.isEmpty()) {
            throw new CaseException("No case is called like that: " + new TreeSet<>(patterns) + ". See --list.");
        }
        return chosen;
    }

    /** With a star the pattern is meant to be the whole name. */
    private static Pattern compiled(String pattern) {
        String quoted = List.of(pattern.split("\\*", -1)).stream().map(Pattern::quote)
                .collect(Collectors.joining(".*"));
        return Pattern.compile(pattern.contains("*") ? "^" + quoted + "$" : quoted);
    }
}
