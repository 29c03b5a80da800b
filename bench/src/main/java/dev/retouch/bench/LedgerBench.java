package dev.retouch.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

import org.jspecify.annotations.Nullable;

import dev.retouch.server.admission.rate.DatabaseRateLimiter;
import dev.retouch.server.admission.rate.RateLimitScope;
import dev.retouch.server.admission.rate.RateLimiter;
import dev.retouch.server.admission.slot.ConcurrencyLimiter;
import dev.retouch.server.admission.slot.ConcurrencyScope;
import dev.retouch.server.admission.slot.DatabaseConcurrencyLimiter;
import dev.retouch.server.admission.slot.Slot;
import dev.retouch.server.billing.DeliveredUsage;
import dev.retouch.server.billing.HoldRequest;
import dev.retouch.server.billing.Ledger;
import dev.retouch.server.billing.Money;
import dev.retouch.server.database.Database;

/**
 * Measures how many edits per second two instances hold and settle on one PostgreSQL, with no upstream and no HTTP. The figure to compare
 * it with is that of {@code pgbench -N} on the same server with as many clients.
 */
public final class LedgerBench {

    private static final int INSTANCES = 2;
    private static final int KEYS = 32;
    private static final Duration WARM_UP = Duration.ofSeconds(5);
    private static final Duration MEASURED = Duration.ofSeconds(20);

    private static final int LIMIT = 1_000_000;

    private final List<Instance> instances;
    private final int clients;
    private final LongAdder edits = new LongAdder();

    private LedgerBench(List<Instance> instances, int clients) {
        this.instances = instances;
        this.clients = clients;
    }

    private record Instance(Ledger ledger, RateLimiter rates, ConcurrencyLimiter slots) {

        static Instance of(Database database, String id) {
            Clock clock = Clock.systemUTC();
            return new Instance(new Ledger(database, clock, id), new DatabaseRateLimiter(database),
                    new DatabaseConcurrencyLimiter(database, id, clock, () -> 0));
        }
    }

    /** The keys of a run belong to this many groups; with limits, edits also take from rates and slots of their key and group. */
    private record Kind(int groups, boolean limited) {

        @Override
        public String toString() {
            return groups + (groups == 1 ? " group" : " groups") + (limited ? ", limits" : "");
        }
    }

    /**
     * Prints edits per second for keys of one group and of many groups, without and with limits.
     *
     * @param arguments the URL of an empty database, and the number of clients
     */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        if (arguments.length != 2) {
            throw new IllegalArgumentException("two arguments: postgresql://user:password@host/name clients");
        }
        Path folder = Files.createTempDirectory("ledger-bench");
        List<Database> databases = new ArrayList<>();
        try {
            List<Instance> instances = new ArrayList<>();
            for (int instance = 0; instance < INSTANCES; instance++) {
                databases.add(Database.open(Optional.of(arguments[0]), folder));
                instances.add(Instance.of(databases.getLast(), "inst_bench_" + instance));
            }
            LedgerBench bench = new LedgerBench(instances, Integer.parseInt(arguments[1]));
            for (boolean limited : new boolean[]{false, true}) {
                bench.report(System.out, new Kind(1, limited));
                bench.report(System.out, new Kind(KEYS, limited));
            }
        } finally {
            databases.forEach(Database::close);
        }
    }

    private void report(PrintStream out, Kind kind) throws InterruptedException {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            long end = System.nanoTime() + WARM_UP.plus(MEASURED).toNanos();
            List<Future<?>> running = new ArrayList<>();
            for (int client = 0; client < clients; client++) {
                int number = client;
                running.add(threads.submit(() -> edit(kind, number, end)));
            }
            TimeUnit.NANOSECONDS.sleep(WARM_UP.toNanos());
            long before = edits.sum();
            TimeUnit.NANOSECONDS.sleep(MEASURED.toNanos());
            long measured = edits.sum() - before;
            for (Future<?> client : running) {
                client.get();
            }
            out.printf(Locale.ROOT, "%-18s %6d edits/s with %d clients%n", kind, measured / MEASURED.toSeconds(),
                    clients);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    private @Nullable Void edit(Kind kind, int client, long end) throws InterruptedException {
        Instance instance = instances.get(client % INSTANCES);
        for (int number = 0; System.nanoTime() < end; number++) {
            String id = kind + "-" + client + "-" + number;
            int key = (client + number) % KEYS;
            String group = "group-" + key % kind.groups();
            if (kind.limited()) {
                List<String> scopes = List.of("key:key_" + key, "group:" + group);
                instance.rates().take(scopes.stream().map(name -> new RateLimitScope(name, LIMIT, null)).toList(), 1);
                try (Slot _ = instance.slots().acquire(scopes.stream()
                        .map(name -> new ConcurrencyScope(name, LIMIT, 0, Duration.ZERO)).toList(), id)) {
                    charge(instance.ledger(), id, key, group);
                }
            } else {
                charge(instance.ledger(), id, key, group);
            }
            edits.increment();
        }
        return null;
    }

    private static void charge(Ledger ledger, String id, int key, String group) {
        ledger.hold(new HoldRequest(id, "key_" + key, group, "gpt-image-1", "USD", "1", false, 1,
                Money.of(new BigDecimal("0.2"))));
        ledger.settle(id, new DeliveredUsage(1, 10, 100, 1000), Money.of(new BigDecimal("0.05")));
    }
}
