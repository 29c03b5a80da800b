package dev.retouch.contract.harness;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import dev.retouch.server.app.Gateway;
import dev.retouch.server.config.ConfigurationLoader;

/** A gateway process whose clock differs from that of the machine. Its settings are in the environment. */
public final class SkewedGateway {

    private SkewedGateway() {}

    /** Starts one in a folder, with the libraries of the gateway's distribution. */
    public static LaunchedProcess launch(Path folder, Map<String, String> environment, Duration ahead) {
        Path libraries = LaunchedProcess.retouchScript().resolveSibling("../lib/*").normalize();
        String tests = SkewedGateway.class.getProtectionDomain().getCodeSource().getLocation().getPath();
        List<String> command = new ArrayList<>(
                List.of(ProcessHandle.current().info().command().orElseThrow(), "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp",
                        libraries + java.io.File.pathSeparator + tests, SkewedGateway.class.getName()));
        command.add(ahead.toString());
        return LaunchedProcess.start(folder, environment, command);
    }

    /**
     * Serves until the process is asked to stop.
     *
     * @param arguments how far the clock is ahead, in ISO 8601
     */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        Map<String, String> environment = System.getenv();
        Clock clock = Clock.offset(Clock.systemUTC(), Duration.parse(arguments[0]));
        try (Gateway gateway = Gateway.start(new ConfigurationLoader(environment).load(Optional.empty()), environment,
                clock)) {
            Runtime.getRuntime().addShutdownHook(new Thread(gateway::close, "stop"));
            System.out.println("Retouch is up  " + gateway.address());
            gateway.join();
        }
    }
}
