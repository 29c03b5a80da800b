package dev.retouch.contract.dialect;

import java.io.UncheckedIOException;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;

/**
 * What the tests found, rule by rule.
 *
 * @param rows by the dialect's letter
 */
record CompatibilityReport(Map<String, Row> rows) {

    /** The state of a rule. */
    enum State {
        PASSED("✅"), FAILED("❌"), NOT_RUN("not run"), NO_TEST("no test"), LATER("later");

        private final String shown;

        State(String shown) {
            this.shown = shown;
        }
    }

    /** A dialect and its rules by their names. */
    record Row(String is, Map<String, Finding> findings) {

        private long count(State state) {
            return findings.values().stream().filter(finding -> finding.state() == state).count();
        }

        private long testable() {
            return findings.size() - count(State.LATER);
        }

        private String state() {
            long open = testable() - count(State.PASSED);
            return open == 0 ? "✅" : "❌ " + open + " open";
        }
    }

    /** A rule, its state, and its tests, each with the number of values that it ran with. */
    record Finding(Dialect.Rule rule, State state, Map<String, Integer> tests) {}

    static CompatibilityReport of(Results results) {
        Map<String, Row> rows = new LinkedHashMap<>();
        Dialect.all().forEach((letter, dialect) -> {
            Map<String, Finding> findings = new LinkedHashMap<>();
            dialect.rules().forEach((name, rule) -> findings.put(name, finding(letter + " " + name, rule, results)));
            rows.put(letter, new Row(dialect.is(), findings));
        });
        return new CompatibilityReport(rows);
    }

    private static Finding finding(String name, Dialect.Rule rule, Results results) {
        Map<String, Integer> tests = new LinkedHashMap<>();
        boolean failed = false;
        boolean notRun = false;
        for (Method test : Results.tests()) {
            if (Arrays.asList(test.getAnnotation(CoversRule.class).value()).contains(name)) {
                Results.Count count = results.of(test);
                tests.put(Results.nameOf(test), count.passed() + count.failed());
                failed |= count.failed() > 0;
                notRun |= count.skipped() > 0 || count.passed() + count.failed() == 0;
            }
        }
        State state = State.PASSED;
        if (tests.isEmpty()) {
            state = rule.later() == null ? State.NO_TEST : State.LATER;
        } else if (failed) {
            state = State.FAILED;
        } else if (notRun) {
            state = State.NOT_RUN;
        }
        return new Finding(rule, state, tests);
    }

    /** One row for each dialect, for the README. */
    String table() {
        StringBuilder table = new StringBuilder("""
                | dialect | what it is | documented rules | tested | passed | state |
                |---|---|---|---|---|---|
                """);
        rows.forEach((letter, row) -> table.append("| %s | %s | %d | %d | %d | %s |%n".formatted(letter, row.is(),
                row.findings().size(), row.testable(), row.count(State.PASSED), row.state())));
        return table.toString();
    }

    /** Every rule of every dialect with its tests. */
    String list() {
        StringBuilder list = new StringBuilder(
                """
                        # The dialects, rule by rule

                        Written by the tests from their results; do not edit. The lines are those of
                        the page that documents the dialect. A number behind a test says with how
                        many values it ran.

                        """);
        list.append(table());
        rows.forEach((letter, row) -> {
            list.append("\n## ").append(letter).append(": ").append(row.is()).append(
                    "\n\n| lines | parameter | rule | tests | state |\n|---|---|---|---|---|\n");
            row.findings().values().forEach(finding -> list.append("| %s | %s | %s | %s | %s |%n".formatted(
                    finding.rule().lines(), finding.rule().parameter(), finding.rule().rule(), tests(finding),
                    finding.state().shown)));
        });
        return list.toString();
    }

    private static String tests(Finding finding) {
        if (finding.tests().isEmpty()) {
            return String.valueOf(finding.rule().later());
        }
        List<String> tests = new ArrayList<>();
        finding.tests().forEach((name, runs) -> tests.add("`" + name + "`" + (runs > 1 ? " (" + runs + ")" : "")));
        return String.join(", ", tests);
    }

    /** The same for programs. */
    String json() {
        try {
            return new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsString(rows) + "\n";
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }
}
