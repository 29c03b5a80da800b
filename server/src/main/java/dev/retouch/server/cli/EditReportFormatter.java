package dev.retouch.server.cli;

import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import dev.retouch.server.contract.model.EditAttempt;
import dev.retouch.server.contract.model.EditReport;
import dev.retouch.server.contract.model.ReportedError;

/** Formats how an edit ran: its attempts at upstreams, what its client was warned of, and the error that it got. */
final class EditReportFormatter {

    private EditReportFormatter() {}

    /** Returns all lines, after an empty one; nothing without a report. */
    static String text(@Nullable EditReport report) {
        if (report == null) {
            return "";
        }
        String lines = Stream
                .of(line("warning", report.getWarning()), line("dropped parameters", report.getDroppedParameters()),
                        error(report.getError()))
                .collect(Collectors.joining());
        String attempts = report.getAttempts().isEmpty() ? "" : "\n" + table(report.getAttempts());
        return attempts + (lines.isEmpty() ? "" : "\n" + lines);
    }

    private static String line(String name, @Nullable String value) {
        return value == null ? "" : name + ": " + value + "\n";
    }

    private static String error(@Nullable ReportedError error) {
        return error == null
                ? ""
                : "error: " + error.getStatus() + " " + Objects.requireNonNullElse(error.getCode(), "") + "\n  "
                        + error.getMessage() + "\n";
    }

    private static String table(List<EditAttempt> attempts) {
        TextTable table = new TextTable().leftAligned("UPSTREAM").leftAligned("MODEL").rightAligned("STARTED")
                .rightAligned("TOOK").leftAligned("OUTCOME").leftAligned("STATUS").leftAligned("UPSTREAM ID")
                .leftAligned("REPETITION");
        attempts.forEach(attempt -> table.row(List.of(attempt.getUpstream(), attempt.getModel(),
                attempt.getStartMs() + " ms", attempt.getDurationMs() + " ms", shown(attempt.getOutcome()),
                shown(attempt.getStatus()), shown(attempt.getUpstreamRequestId()), shown(attempt.getRepetition()))));
        return table.text();
    }

    private static String shown(@Nullable Object value) {
        return value == null ? ConsoleFormatter.NOTHING : value.toString();
    }
}
