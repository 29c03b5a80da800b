package dev.retouch.server.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;

import com.fasterxml.jackson.databind.JsonNode;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import dev.retouch.server.app.StartupException;
import dev.retouch.server.app.Storage;
import dev.retouch.server.config.Configuration;
import dev.retouch.server.config.ConfigurationLoader;
import dev.retouch.server.settings.ConfigurationException;

/**
 * Options of every command that uses the database: settings file and output format. Opens the database, also while a
 * gateway uses it.
 */
final class CommandOptions {

    private final Map<String, String> environment;
    private final Clock clock;

    @Spec(Spec.Target.MIXEE)
    private @Nullable CommandSpec command;

    @Option(names = {"-c",
            "--config"}, paramLabel = "FILE", description = "Settings file (YAML). Default: RETOUCH_CONFIG, or none.")
    private @Nullable Path config;

    @Option(names = "--json", description = "Print JSON, in the form of the HTTP administration API.")
    private boolean json;

    CommandOptions(Map<String, String> environment, Clock clock) {
        this.environment = environment;
        this.clock = clock;
    }

    /** Work of a command with an open database. */
    @FunctionalInterface
    interface Work {
        /** Runs the work and returns the exit code. */
        int run(CommandContext context);
    }

    /** Opens the database, runs the work and closes the database. */
    int run(Work work) {
        Configuration configuration = configuration();
        try (Storage storage = open(configuration)) {
            return work.run(new CommandContext(storage, configuration, clock,
                    Objects.requireNonNull(command).commandLine(), json));
        }
    }

    /** Reads the settings, without opening the database. */
    Configuration configuration() {
        return new ConfigurationLoader(environment).load(Optional.ofNullable(config));
    }

    /** Prints the document as JSON if {@code --json} is set, otherwise the text, without an open database. */
    int answer(Supplier<?> document, Supplier<String> text) {
        return CommandContext.answer(Objects.requireNonNull(command).commandLine(), json, document, text);
    }

    /** Prints a document of a gateway as JSON if {@code --json} is set, otherwise the text. */
    int print(JsonNode document, Supplier<String> text) {
        PrintWriter out = Objects.requireNonNull(command).commandLine().getOut();
        out.print(json ? document.toString() + "\n" : text.get());
        out.flush();
        return 0;
    }

    private Storage open(Configuration configuration) {
        try {
            return Storage.open(configuration, clock);
        } catch (IOException e) {
            throw new CommandException(
                    "the data directory cannot be used: check " + configuration.dataDir() + ". " + e.getMessage());
        } catch (ConfigurationException | StartupException e) {
            throw e;
        } catch (RuntimeException e) {
            // the migrations fail on a foreign or newer database
            throw new CommandException("the database cannot be used: " + e.getMessage());
        }
    }
}
