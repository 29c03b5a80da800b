package dev.retouch.server.cli;

import java.time.Duration;
import java.util.concurrent.Callable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code retouch warm-up}: runs edits through a temporary gateway and ends. The build trains the cache of the launcher with it. */
@Command(name = "warm-up", hidden = true, mixinStandardHelpOptions = true, versionProvider = RetouchCommand.Version.class, description = "Run edits through a temporary gateway, and end.")
final class WarmUpCommand implements Callable<Integer> {

    @Option(names = "--seconds", defaultValue = "8", description = "How long (${DEFAULT-VALUE}).")
    private int seconds = 8;

    @Override
    public Integer call() {
        return WarmUp.run(Duration.ofSeconds(seconds)) > 0 ? 0 : 1;
    }
}
