package dev.retouch.contract.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

import dev.retouch.contract.exchange.Traffic;
import dev.retouch.mock.MockUpstream;
import dev.retouch.server.app.Gateway;
import dev.retouch.server.config.ConfigurationLoader;

/** A gateway of this process for which time passes when a test says so, and which can be started again on the same data. */
public final class LongLivedGateway implements AutoCloseable {

    private final AtomicReference<Instant> now = new AtomicReference<>(
            Instant.now().truncatedTo(ChronoUnit.SECONDS));
    private final InstantSource time = now::get;
    private final Path dataDir;
    private Gateway gateway;

    private LongLivedGateway(Path dataDir) {
        this.dataDir = dataDir;
        this.gateway = start();
    }

    /** Starts one on a folder that the test looks after. */
    public static LongLivedGateway on(Path dataDir) {
        return new LongLivedGateway(dataDir);
    }

    /** Lets time pass. */
    public void pass(Duration duration) {
        now.updateAndGet(instant -> instant.plus(duration));
    }

    /** What its clock shows. */
    public Instant now() {
        return now.get();
    }

    /** Stops it and starts another one on the same data, on another port. */
    public void restart() {
        close();
        gateway = start();
    }

    /** Where it answers now, and its sandbox key. */
    public Endpoint endpoint() {
        return new Endpoint(gateway.address(), gateway.sandboxKey().orElseThrow().value());
    }

    /** The upstream behind it. */
    public MockUpstream sandbox() {
        return gateway.sandbox().orElseThrow();
    }

    private Gateway start() {
        Map<String, String> settings = Map.of("RETOUCH_PORT", "0", "RETOUCH_DATA_DIR", dataDir.toString());
        try {
            return Gateway.start(new ConfigurationLoader(settings).load(Optional.empty()), settings,
                    time.withZone(ZoneOffset.UTC), Traffic.OF_THIS_PROCESS::tapped);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        gateway.close();
        Leaks.requireNone(gateway);
    }
}
