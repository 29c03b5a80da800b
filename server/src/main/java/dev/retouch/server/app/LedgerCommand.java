package dev.retouch.server.app;

import java.util.List;
import java.util.stream.Collectors;

import com.fasterxml.jackson.annotation.JsonProperty;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.ScopeType;

import dev.retouch.server.billing.LedgerCheck.Report;

/** {@code retouch ledger}: the books behind all budgets. */
@Command(name = "ledger", mixinStandardHelpOptions = true, scope = ScopeType.INHERIT, versionProvider = RetouchCommand.Version.class, description = "Check the books behind all budgets.")
final class LedgerCommand {

    /** The answer for programs, which HTTP has no counterpart of. */
    private record Answer(@JsonProperty("object") String object, @JsonProperty("sound") boolean sound,
            @JsonProperty("transactions") long transactions, @JsonProperty("entries") long entries,
            @JsonProperty("edits") long edits, @JsonProperty("problems") List<String> problems) {

        static Answer of(Report report) {
            return new Answer("ledger_check", report.isSound(), report.transactions(), report.entries(),
                    report.edits(), report.problems());
        }
    }

    @Command(name = "verify", description = "Read the whole ledger and say whether it adds up: 0 if it does, 1 with each problem otherwise.")
    int verify(@Mixin DeskOptions options) {
        return options.run(desk -> {
            Report report = desk.storage().check().verify();
            desk.answer(() -> Answer.of(report), () -> words(report));
            return report.isSound() ? 0 : 1;
        });
    }

    private static String words(Report report) {
        String counts = report.transactions() + " transactions, " + report.entries() + " entries, " + report.edits()
                + " edits: ";
        return report.isSound()
                ? counts + "the ledger adds up\n"
                : counts + "the ledger does not add up\n"
                        + report.problems().stream().map(problem -> problem + "\n").collect(Collectors.joining());
    }
}
