package dev.retouch.server.app;

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

import dev.retouch.server.config.Configuration;
import dev.retouch.server.config.ConfigurationLoader;

/** {@code retouch serve}: starts the gateway and stays until it is told to stop. */
@Command(name = "serve", mixinStandardHelpOptions = true, versionProvider = RetouchCommand.Version.class, description = "Start the gateway.")
final class ServeCommand implements Callable<Integer> {

    private final Map<String, String> environment;

    @Spec
    private @Nullable CommandSpec spec;

    @Option(names = {"-c",
            "--config"}, paramLabel = "FILE", description = "The settings file (YAML). Default: what RETOUCH_CONFIG names, or none.")
    private @Nullable Path config;

    @Option(names = "--stop-with-parent", hidden = true, description = "Stop when the process that started this one is gone.")
    private boolean stopWithParent;

    ServeCommand(Map<String, String> environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() throws Exception {
        Configuration configuration = new ConfigurationLoader(environment).load(Optional.ofNullable(config));
        try (Gateway gateway = start(configuration)) {
            Runtime.getRuntime().addShutdownHook(new Thread(gateway::close, "stop"));
            if (stopWithParent) {
                ProcessHandle.current().parent().ifPresent(ServeCommand::stopWith);
            }
            PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
            out.print(new Banner(gateway.address(), gateway.sandboxKey(), configuration.dataDir()).text());
            out.flush();
            gateway.join();
        }
        return 0;
    }

    /** A build tool that is killed leaves its child behind; this child notices. */
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
            throw new StartException("cannot start: " + e.getMessage(), e);
        }
    }

    private static StartException inUse(Configuration configuration, IOException e) {
        return new StartException("cannot listen on " + configuration.host() + ":" + configuration.port() + ": "
                + (e.getCause() == null ? e.getMessage() : e.getCause().getMessage())
                + ". Choose another port with RETOUCH_PORT, or 0 for any free one.", e);
    }
}
