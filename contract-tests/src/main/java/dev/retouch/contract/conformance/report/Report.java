package dev.retouch.contract.conformance.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.retouch.contract.conformance.cases.Case;
import dev.retouch.contract.conformance.report.Shown.ShownCase;
import dev.retouch.contract.conformance.run.Outcome;
import dev.retouch.contract.conformance.run.Outcome.State;
import dev.retouch.contract.conformance.wire.Redaction;
import dev.retouch.contract.conformance.wire.Target;

/** Collects the outcomes of a run, and writes the reports at its end. */
public final class Report {

    /** About the whole run. */
    public record Facts(Instant started, String version, String contract, boolean paid, boolean heavy,
            String estimate) {}

    /** How the cases of one row ended. */
    record Row(String name, String title, int passed, int differs, int notRun) {

        Row plus(State state) {
            return new Row(name, title, passed + (state == State.PASSED ? 1 : 0),
                    differs + (state == State.DIFFERS ? 1 : 0), notRun + (state == State.NOT_RUN ? 1 : 0));
        }
    }

    private final Target target;
    private final Redaction redaction;
    private final Facts facts;
    private final Exhibit exhibit;
    private final Map<String, Row> rows = new LinkedHashMap<>();
    private final List<ShownCase> cases = new ArrayList<>();

    public Report(Target target, Facts facts) {
        this.target = target;
        this.facts = facts;
        this.redaction = new Redaction(target.key());
        this.exhibit = new Exhibit(target, redaction);
    }

    /** Takes an outcome in. */
    public void add(Outcome outcome) throws InterruptedException {
        Case.Row row = outcome.tried().row();
        rows.merge(row.name(), new Row(row.name(), row.title(), 0, 0, 0).plus(outcome.state()), (before, _) -> before
                .plus(outcome.state()));
        cases.add(exhibit.of(outcome));
    }

    /** The last case in a line, for the terminal. */
    public String lastLine(int of) {
        ShownCase last = cases.getLast();
        String width = String.valueOf(of);
        String told = last.reason().or(() -> last.differences().stream().findFirst()
                .map(first -> first.what() + ": expected " + first.expected() + ", got " + first.got())).orElse("");
        return ("%" + width.length() + "d/%s  %-7s  %-44s %6d ms  %s").formatted(cases.size(), width,
                last.state().words(), last.id(), last.milliseconds(), told.replaceAll("[\\p{Cntrl}]+", " "))
                .stripTrailing();
    }

    public long count(State state) {
        return cases.stream().filter(each -> each.state() == state).count();
    }

    /** The rows, in words for a terminal. */
    public String table() {
        StringBuilder table = new StringBuilder("%-10s %7s %8s %8s%n".formatted("", "passed", "differs", "not run"));
        for (Row row : rows.values()) {
            table.append("%-10s %7d %8d %8d%n".formatted(row.name(), row.passed(), row.differs(), row.notRun()));
        }
        return table.toString();
    }

    /** Writes {@code report.html} and {@code report.json}. */
    public void write(Path folder, Instant ended) throws IOException {
        Files.createDirectories(folder);
        long seconds = Duration.between(facts.started(), ended).toSeconds();
        List<Row> all = List.copyOf(rows.values());
        Files.writeString(folder.resolve("report.json"),
                redaction.ofDocument(new JsonReport(target, facts, seconds, all, cases).text()));
        Files.writeString(folder.resolve("report.html"),
                redaction.ofDocument(new HtmlReport(target, facts, seconds, all, cases).text()));
    }
}
