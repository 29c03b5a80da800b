package dev.retouch.contract.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

import dev.retouch.contract.exchange.Traffic;
import dev.retouch.mock.MockUpstream;
import dev.retouch.mock.journal.JournalEntry;
import dev.retouch.server.app.Gateway;
import dev.retouch.server.config.ConfigurationLoader;

/** A gateway of this process on a free port, with a data folder that is deleted when it is closed. */
public final class RunningGateway implements AutoCloseable {

    private final Path dataDir;
    private final Gateway gateway;

    private RunningGateway(Path dataDir, Gateway gateway) {
        this.dataDir = dataDir;
        this.gateway = gateway;
    }

    /** Starts one with the defaults. */
    public static RunningGateway start() {
        return start(Map.of());
    }

    /** Starts one with settings, named as in the environment: {@code RETOUCH_HTTP_IDLE_TIMEOUT}. */
    public static RunningGateway start(Map<String, String> settings) {
        try {
            Path dataDir = Files.createTempDirectory("retouch-contract");
            Map<String, String> environment = new HashMap<>(
                    Map.of("RETOUCH_PORT", "0", "RETOUCH_DATA_DIR", dataDir.toString()));
            environment.putAll(settings);
            return new RunningGateway(dataDir, Gateway
                    .start(new ConfigurationLoader(environment).load(Optional.empty()), environment,
                            Clock.systemUTC(), Traffic.OF_THIS_PROCESS::tapped));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Where it answers, and its sandbox key. */
    public Endpoint endpoint() {
        return new Endpoint(gateway.address(), gateway.sandboxKey().orElseThrow().value());
    }

    /** Where it answers, without a slash at its end. */
    public URI baseUrl() {
        return gateway.address();
    }

    /** The upstream behind it: what it was sent, what it shall do next. */
    public MockUpstream sandbox() {
        return gateway.sandbox().orElseThrow();
    }

    /** What the upstream was sent last. */
    public JournalEntry lastSeenUpstream() {
        return sandbox().journal().last().orElseThrow();
    }

    /** Where it keeps its data. */
    public Path dataDir() {
        return dataDir;
    }

    /** Everything that waits in its folder for temporary files. */
    public List<String> temporaryFiles() {
        return filesBelow(dataDir.resolve("tmp"));
    }

    /** Hosted images, and what is on the way to become one. */
    public List<String> hostedFiles() {
        return filesBelow(dataDir.resolve("files"));
    }

    private static List<String> filesBelow(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile).map(file -> folder.relativize(file).toString()).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The bytes of memory that images in flight take. */
    public long imageMemoryInUse() {
        return gateway.imageMemoryInUse();
    }

    @Override
    public void close() {
        gateway.close();
        Leaks.requireNone(gateway);
        try (Stream<Path> files = Files.walk(dataDir)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
