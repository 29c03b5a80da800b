package dev.retouch.server.cli;

import java.util.List;
import java.util.stream.Collectors;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

import dev.retouch.server.billing.LedgerVerifier;
import dev.retouch.server.billing.LedgerVerifier.Report;

/** {@code retouch ledger}: verifies the ledger. */
@Command(name = "ledger", mixinStandardHelpOptions = true, scope = ScopeType.INHERIT, versionProvider = RetouchCommand.Version.class, description = "Verify the ledger of all budgets.")
final class LedgerCommand {

    /** JSON output, which has no counterpart in the HTTP API. */
    private record Answer(@JsonProperty("object") String object, @JsonProperty("sound") boolean sound,
            @JsonProperty("after") @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Long after,
            @JsonProperty("transactions") long transactions, @JsonProperty("entries") long entries,
            @JsonProperty("edits") long edits, @JsonProperty("problems") List<String> problems) {

        static Answer of(Report report) {
            return new Answer("ledger_check", report.isSound(), report.after(), report.transactions(), report.entries(),
                    report.edits(), report.findings());
        }
    }

    @Command(name = "verify", description = "Verify what came after the last verification, and all budgets. The exit code is 0 if everything is consistent, otherwise 1 with each finding.")
    int verify(@Option(names = "--all", description = "Verify the whole ledger.") boolean all,
            @Mixin CommandOptions options) {
        return options.run(context -> verify(context, "", all));
    }

    /** Verifies, and prints the text and the result. */
    static int verify(CommandContext context, String before, boolean all) {
        LedgerVerifier verifier = context.storage().check();
        Report report = all ? verifier.verifyAll() : verifier.verify();
        context.answer(() -> Answer.of(report), () -> before + text(report));
        return report.isSound() ? 0 : 1;
    }

    private static String text(Report report) {
        String counts = report.transactions() + " transactions, " + report.entries() + " entries, " + report.edits()
                + " edits" + (report.after() == null ? "" : " after transaction " + report.after()) + ": ";
        return report.isSound()
                ? counts + "the ledger adds up\n"
                : counts + "the ledger does not add up\n"
                        + report.findings().stream().map(problem -> problem + "\n").collect(Collectors.joining());
    }
}
