package dev.retouch.server.cli;

import java.io.PrintWriter;
import java.net.URI;
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

import dev.retouch.server.app.CatalogSources;
import dev.retouch.server.app.CatalogSources.CheckedFiles;
import dev.retouch.server.config.Configuration;
import dev.retouch.server.config.ConfigurationLoader;

/** {@code retouch check-config}: validates the settings without starting the gateway. */
@Command(name = "check-config", mixinStandardHelpOptions = true, versionProvider = RetouchCommand.Version.class, description = "Validate the settings. The exit code is 0 if they are valid, otherwise 1 with the reason.")
final class CheckConfigCommand implements Callable<Integer> {

    private final Map<String, String> environment;

    @Spec
    private @Nullable CommandSpec spec;

    @Option(names = {"-c",
            "--config"}, paramLabel = "FILE", description = "Settings file (YAML). Default: RETOUCH_CONFIG, or none.")
    private @Nullable Path config;

    @Option(names = "--against", paramLabel = "URL", description = {
            "Also show what the files would change at a running gateway,",
            "such as http://127.0.0.1:8080. Needs RETOUCH_ADMIN_TOKEN."})
    private @Nullable URI against;

    CheckConfigCommand(Map<String, String> environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() {
        Configuration configuration = new ConfigurationLoader(environment).load(Optional.ofNullable(config));
        CheckedFiles files = CatalogSources.checkedFiles(configuration, environment);
        PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
        out.println("The settings are right: listens on " + configuration.host() + ":" + configuration.port()
                + ", keeps its data in " + configuration.dataDir() + ", knows " + files.models() + " models.");
        if (against != null) {
            RunningCatalog running = new RunningCatalog(against, configuration.adminToken());
            files.entries().forEach((kind, entries) -> out.println(running.difference(kind, entries)));
        }
        out.flush();
        return 0;
    }
}
