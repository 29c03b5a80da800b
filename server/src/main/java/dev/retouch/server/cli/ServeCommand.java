package dev.retouch.server.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.net.BindException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import dev.retouch.server.app.Gateway;
import dev.retouch.server.app.StartupException;
import dev.retouch.server.config.Configuration;
import dev.retouch.server.config.ConfigurationLoader;

/** {@code retouch serve}: starts the gateway and runs until the process is stopped. */
@Command(name = "serve", mixinStandardHelpOptions = true, versionProvider = RetouchCommand.Version.class, description = "Start the gateway.")
final class ServeCommand implements Callable<Integer> {

    private final Map<String, String> environment;

    @Spec
    private @Nullable CommandSpec spec;

    @Option(names = {"-c",
            "--config"}, paramLabel = "FILE", description = "Settings file (YAML). Default: RETOUCH_CONFIG, or none.")
    private @Nullable Path config;

    @Option(names = "--stop-with-parent", hidden = true, description = "Stop when the parent process ends.")
    private boolean stopWithParent;

    ServeCommand(Map<String, String> environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() throws Exception {
        Configuration configuration = new ConfigurationLoader(environment).load(Optional.ofNullable(config));
        WarmUp.run(configuration.warmUp());
        try (Gateway gateway = start(configuration)) {
            Runtime.getRuntime().addShutdownHook(new Thread(gateway::close, "stop"));
            HangupSignal.handle(gateway::reload);
            if (stopWithParent) {
                ProcessHandle.current().parent().ifPresent(ServeCommand::stopWith);
            }
            PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
            out.print(new Banner(gateway.address(), gateway.sandboxKey(), configuration.publicUrl() != null,
                    configuration.dataDir()).text());
            out.flush();
            HeapGrowthLimit.start();
            gateway.join();
        }
        return 0;
    }

    /** Stops if the parent process ends: a killed build tool does not stop its child. */
    private static void stopWith(ProcessHandle parent) {
        Thread.ofPlatform().daemon().name("parent").start(() -> {
            parent.onExit().join();
            System.exit(0);
        });
    }

    private Gateway start(Configuration configuration) {
        try {
            return Gateway.start(configuration, environment, Clock.systemUTC());
        } catch (BindException e) {
            throw inUse(configuration, e);
        } catch (IOException e) {
            if (e.getCause() instanceof BindException) {
                throw inUse(configuration, e);
            }
            throw new StartupException("cannot start: " + e.getMessage(), e);
        }
    }

    private static StartupException inUse(Configuration configuration, IOException e) {
        return new StartupException("cannot listen on " + configuration.host() + ":" + configuration.port() + ": "
                + (e.getCause() == null ? e.getMessage() : e.getCause().getMessage())
                + ". Choose another port with RETOUCH_PORT, or 0 for any free one.", e);
    }
}
