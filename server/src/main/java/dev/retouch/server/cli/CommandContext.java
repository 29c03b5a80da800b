package dev.retouch.server.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;

import picocli.CommandLine;

import dev.retouch.server.api.AdminMapper;
import dev.retouch.server.api.JsonWriter;
import dev.retouch.server.app.Storage;
import dev.retouch.server.billing.Budget;
import dev.retouch.server.billing.CorrectionService;
import dev.retouch.server.billing.FundingService;
import dev.retouch.server.billing.Ledger;
import dev.retouch.server.config.Configuration;
import dev.retouch.server.key.Administration;

/** Services and output of a running command: the open database, and text or JSON output. */
final class CommandContext {

    /** Instance id of ledger entries of commands. Commands start no edits, so this instance needs no heartbeat. */
    private static final String INSTANCE = "cli";

    private final Storage storage;
    private final Ledger ledger;
    private final String currency;
    private final Path dataDir;
    private final Clock clock;
    private final CommandLine line;
    private final boolean json;

    /**
     * Creates the context.
     *
     * @param clock current time, with the zone of printed times
     * @param line command line, whose streams are written to
     * @param json whether to print JSON instead of text
     */
    CommandContext(Storage storage, Configuration configuration, Clock clock, CommandLine line, boolean json) {
        this.storage = storage;
        this.ledger = new Ledger(storage.database(), clock, INSTANCE);
        this.currency = configuration.billing().currency();
        this.dataDir = configuration.dataDir();
        this.clock = clock;
        this.line = line;
        this.json = json;
    }

    Storage storage() {
        return storage;
    }

    Administration administration() {
        return storage.administration();
    }

    FundingService funding() {
        return new FundingService(storage.database(), clock);
    }

    CorrectionService corrections() {
        return new CorrectionService(storage.database(), ledger, clock);
    }

    Ledger ledger() {
        return ledger;
    }

    /** Returns all budgets by owner, for lists. */
    Map<String, Budget> budgets() {
        return ledger.budgets().stream().collect(Collectors.toMap(Budget::owner, Function.identity()));
    }

    AdminMapper mapper() {
        return new AdminMapper(ledger, currency);
    }

    ConsoleFormatter formatter() {
        return new ConsoleFormatter(currency, clock.getZone());
    }

    Path dataDir() {
        return dataDir;
    }

    String currency() {
        return currency;
    }

    Clock clock() {
        return clock;
    }

    /** Prints the document as JSON if {@code --json} is set, otherwise the text. */
    int answer(Supplier<?> document, Supplier<String> text) {
        return answer(line, json, document, text);
    }

    static int answer(CommandLine line, boolean json, Supplier<?> document, Supplier<String> text) {
        PrintWriter out = line.getOut();
        if (json) {
            out.println(new JsonWriter().toJson(document.get()));
        } else {
            out.print(text.get());
        }
        out.flush();
        return 0;
    }

    /** Prints the text, or nothing if {@code --json} is set. */
    int answer(Supplier<String> text) {
        if (!json) {
            line.getOut().print(text.get());
            line.getOut().flush();
        }
        return 0;
    }

    /** Prints a note to standard error. */
    void note(String text) {
        line.getErr().println("retouch: " + text);
        line.getErr().flush();
    }

    boolean isJson() {
        return json;
    }
}
