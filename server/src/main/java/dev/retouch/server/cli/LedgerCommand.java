package dev.retouch.server.cli;

import java.util.List;
import java.util.stream.Collectors;

import com.fasterxml.jackson.annotation.JsonProperty;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.ScopeType;

import dev.retouch.server.billing.LedgerVerifier.Report;

/** {@code retouch ledger}: verifies the ledger. */
@Command(name = "ledger", mixinStandardHelpOptions = true, scope = ScopeType.INHERIT, versionProvider = RetouchCommand.Version.class, description = "Verify the ledger of all budgets.")
final class LedgerCommand {

    /** JSON output, which has no counterpart in the HTTP API. */
    private record Answer(@JsonProperty("object") String object, @JsonProperty("sound") boolean sound,
            @JsonProperty("transactions") long transactions, @JsonProperty("entries") long entries,
            @JsonProperty("edits") long edits, @JsonProperty("problems") List<String> problems) {

        static Answer of(Report report) {
            return new Answer("ledger_check", report.isSound(), report.transactions(), report.entries(),
                    report.edits(), report.findings());
        }
    }

    @Command(name = "verify", description = "Verify the whole ledger. The exit code is 0 if it is consistent, otherwise 1 with each finding.")
    int verify(@Mixin CommandOptions options) {
        return options.run(context -> verify(context, ""));
    }

    /** Verifies, and prints the text and the result. */
    static int verify(CommandContext context, String before) {
        Report report = context.storage().check().verify();
        context.answer(() -> Answer.of(report), () -> before + text(report));
        return report.isSound() ? 0 : 1;
    }

    private static String text(Report report) {
        String counts = report.transactions() + " transactions, " + report.entries() + " entries, " + report.edits()
                + " edits: ";
        return report.isSound()
                ? counts + "the ledger adds up\n"
                : counts + "the ledger does not add up\n"
                        + report.findings().stream().map(problem -> problem + "\n").collect(Collectors.joining());
    }
}
