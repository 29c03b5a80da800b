package dev.retouch.server.app;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import dev.retouch.server.config.Configuration;
import dev.retouch.server.config.ConfigurationException;
import dev.retouch.server.config.ConfigurationLoader;
import dev.retouch.server.model.ModelRegistry;

/**
 * What every command takes that works on the database: which settings, and in which form to answer. Opens what the settings name,
 * beside a running gateway or without one.
 */
final class DeskOptions {

    private final Map<String, String> environment;
    private final Clock clock;

    @Spec(Spec.Target.MIXEE)
    private @Nullable CommandSpec command;

    @Option(names = {"-c",
            "--config"}, paramLabel = "FILE", description = "The settings file (YAML). Default: what RETOUCH_CONFIG names, or none.")
    private @Nullable Path config;

    @Option(names = "--json", description = "Answer with the JSON that administration over HTTP answers with.")
    private boolean json;

    DeskOptions(Map<String, String> environment, Clock clock) {
        this.environment = environment;
        this.clock = clock;
    }

    /** What a command does at its desk. */
    @FunctionalInterface
    interface Work {
        /** Does it, and returns the exit code. */
        int at(Desk desk);
    }

    /** Opens the database, works and closes it again. */
    int run(Work work) {
        Configuration configuration = new ConfigurationLoader(environment).load(Optional.ofNullable(config));
        try (Storage storage = open(configuration)) {
            return work.at(new Desk(storage, configuration.billing().currency(), clock,
                    Objects.requireNonNull(command).commandLine(), json));
        }
    }

    private Storage open(Configuration configuration) {
        ModelRegistry models = Gateway.models(configuration);
        try {
            return Storage.open(configuration, models, clock);
        } catch (IOException e) {
            throw new CommandException(
                    "the data directory cannot be used: check " + configuration.dataDir() + ". " + e.getMessage());
        } catch (ConfigurationException | StartException e) {
            throw e;
        } catch (RuntimeException e) {
            // what a database of another version, or of something else altogether, makes the migrations say
            throw new CommandException("the database cannot be used: " + e.getMessage());
        }
    }
}
