package dev.retouch.server.app;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import dev.retouch.server.config.Configuration;
import dev.retouch.server.config.ConfigurationLoader;
import dev.retouch.server.model.ModelRegistry;

/** {@code retouch check-config}: says what is wrong with the settings, and starts nothing. */
@Command(name = "check-config", mixinStandardHelpOptions = true, versionProvider = RetouchCommand.Version.class, description = "Check the settings and exit: 0 if they are right, 1 with the mistake otherwise.")
final class CheckConfigCommand implements Callable<Integer> {

    private final Map<String, String> environment;

    @Spec
    private @Nullable CommandSpec spec;

    @Option(names = {"-c",
            "--config"}, paramLabel = "FILE", description = "The settings file (YAML). Default: what RETOUCH_CONFIG names, or none.")
    private @Nullable Path config;

    CheckConfigCommand(Map<String, String> environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() {
        Configuration configuration = new ConfigurationLoader(environment).load(Optional.ofNullable(config));
        ModelRegistry registry = Gateway.models(configuration);
        int models = registry.all().size();
        Providers.of(configuration, registry, environment);
        PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
        out.println("The settings are right: listens on " + configuration.host() + ":" + configuration.port()
                + ", keeps its data in " + configuration.dataDir() + ", knows " + models + " models.");
        out.flush();
        return 0;
    }
}
