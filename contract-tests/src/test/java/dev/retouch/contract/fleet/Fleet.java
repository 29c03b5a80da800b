package dev.retouch.contract.fleet;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.awaitility.Awaitility;

import dev.retouch.contract.harness.Admin;
import dev.retouch.contract.harness.DatabaseProxy;
import dev.retouch.contract.harness.LaunchedProcess;
import dev.retouch.contract.harness.LoadBalancer;
import dev.retouch.contract.harness.Postgres;
import dev.retouch.contract.harness.S3Server;
import dev.retouch.contract.harness.SkewedGateway;
import dev.retouch.mock.MockOptions;
import dev.retouch.mock.MockUpstream;

/**
 * Gateway processes that share a PostgreSQL database and an object store, behind a load balancer, with a provider that keeps a journal.
 * Each has its own data directory. The clock of the last gateway is ten minutes ahead.
 */
final class Fleet implements AutoCloseable {

    static final int INSTANCES = 3;
    static final Duration TIMEOUT = Duration.ofSeconds(60);

    /** The shortest that is allowed with PostgreSQL. */
    static final Duration DEAD_AFTER = Duration.ofSeconds(25);
    static final Duration UNDECIDED_AFTER = Duration.ofSeconds(12);
    static final Duration TOTAL_TIMEOUT = Duration.ofSeconds(11);

    private static final Duration AHEAD = Duration.ofMinutes(10);

    private final Path folder;
    private final Postgres postgres = Postgres.start();
    private final S3Server objects;
    private final DatabaseProxy proxy;
    private final DatabaseProxy store;
    private final String database;
    private final MockUpstream upstream = MockUpstream.start(MockOptions.defaults().withJournalEntries(1_000_000));
    private final LoadBalancer balancer = LoadBalancer.start();
    private final List<LaunchedProcess> gateways = new ArrayList<>();
    private final List<URI> addresses = new ArrayList<>();

    /** Starts all of them, with their files in a folder. */
    Fleet(Path folder) {
        this.folder = folder;
        try {
            objects = S3Server.start();
            proxy = DatabaseProxy.to(postgres.port());
            store = DatabaseProxy.to(objects.port());
        } catch (Exception e) { // declared so by the store
            throw new IllegalStateException(e);
        }
        database = postgres.newDatabase();
        try {
            for (int i = 0; i < INSTANCES; i++) {
                gateways.add(launch(i));
                addresses.add(address(gateways.get(i))); // one after the other, because the first one migrates
                balancer.put(name(i), addresses.get(i));
            }
            awaitReady();
        } catch (RuntimeException | AssertionError e) {
            close();
            throw e;
        }
    }

    private LaunchedProcess launch(int number) {
        String proxied = database.replace(":" + postgres.port() + "/", ":" + proxy.port() + "/");
        Map<String, String> environment = new HashMap<>(Map.of("RETOUCH_PORT", "0", "RETOUCH_ADMIN_TOKEN", Admin.TOKEN,
                "RETOUCH_DATABASE_URL", proxied, "RETOUCH_DATA_DIR", folder.resolve("data-" + number).toString(),
                "RETOUCH_UPSTREAM_URL", upstream.baseUrl().toString(), "RETOUCH_UPSTREAM_KEY", "sk-of-the-upstream"));
        environment.putAll(objects.environment(store.port()));
        environment.putAll(Map.of("RETOUCH_SHUTDOWN_DELAY", "500ms", "RETOUCH_SHUTDOWN_GRACE", "10s",
                "RETOUCH_BILLING_DEAD_AFTER", seconds(DEAD_AFTER), "RETOUCH_BILLING_UNDECIDED_AFTER",
                seconds(UNDECIDED_AFTER), "RETOUCH_UPSTREAM_TOTAL_TIMEOUT", seconds(TOTAL_TIMEOUT),
                "RETOUCH_LOG_LEVEL", "WARN", "RETOUCH_JAVA_OPTS", "-XX:TieredStopAtLevel=1"));
        return number == INSTANCES - 1
                ? SkewedGateway.launch(folder, environment, AHEAD)
                : LaunchedProcess.retouch(folder, environment, "serve");
    }

    private static String seconds(Duration time) {
        return time.toSeconds() + "s";
    }

    private static String name(int number) {
        return "gateway-" + number;
    }

    private static URI address(LaunchedProcess gateway) {
        return URI.create(gateway.awaitOutput("Retouch is up +(http://127\\.0\\.0\\.1:\\d+)").group(1));
    }

    void awaitReady() {
        Awaitility.await().atMost(TIMEOUT).pollInterval(Duration.ofMillis(20)).until(() -> {
            boolean all = true;
            for (int i = 0; i < INSTANCES; i++) {
                all &= balancer.isReady(name(i));
            }
            return all;
        });
    }

    /** Through the load balancer. */
    URI address() {
        return balancer.address();
    }

    /** Of one gateway, past the load balancer. */
    URI address(int number) {
        return addresses.get(number);
    }

    /** The address of the database, which the faults of {@link #proxy} do not reach. */
    String database() {
        return database;
    }

    /** Between the gateways and the database. */
    DatabaseProxy proxy() {
        return proxy;
    }

    /** Between the gateways and the object store. */
    DatabaseProxy store() {
        return store;
    }

    MockUpstream upstream() {
        return upstream;
    }

    void freeze(int number) {
        gateways.get(number).suspend();
    }

    void thaw(int number) {
        gateways.get(number).resume();
    }

    /** Kills a gateway and starts it again. */
    void kill(int number) {
        gateways.get(number).kill();
        replace(number);
    }

    /** Stops a gateway as operators do, and starts it again. */
    void restart(int number) {
        gateways.get(number).terminate();
        replace(number);
    }

    private void replace(int number) {
        gateways.set(number, launch(number));
        addresses.set(number, address(gateways.get(number)));
        balancer.put(name(number), addresses.get(number));
    }

    /** What a gateway has logged since its start. */
    String logs(int number) {
        return gateways.get(number).out() + gateways.get(number).err();
    }

    /** The error outputs of the gateways that run now. */
    String errors() {
        return String.join("\n", gateways.stream().map(LaunchedProcess::err).toList());
    }

    @Override
    public void close() {
        gateways.forEach(LaunchedProcess::close);
        balancer.close();
        upstream.close();
        try {
            proxy.close();
            store.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            objects.close();
            postgres.close();
        }
    }
}
