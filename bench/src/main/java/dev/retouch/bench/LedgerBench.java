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
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

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

    private final List<Ledger> ledgers;
    private final int clients;
    private final LongAdder edits = new LongAdder();

    private LedgerBench(List<Ledger> ledgers, int clients) {
        this.ledgers = ledgers;
        this.clients = clients;
    }

    /**
     * Prints edits per second for keys of one group and of many groups.
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
            List<Ledger> ledgers = new ArrayList<>();
            for (int instance = 0; instance < INSTANCES; instance++) {
                databases.add(Database.open(Optional.of(arguments[0]), folder));
                ledgers.add(new Ledger(databases.getLast(), Clock.systemUTC(), "inst_bench_" + instance));
            }
            LedgerBench bench = new LedgerBench(ledgers, Integer.parseInt(arguments[1]));
            bench.report(System.out, "one group", 1);
            bench.report(System.out, KEYS + " groups", KEYS);
        } finally {
            databases.forEach(Database::close);
        }
    }

    private void report(PrintStream out, String name, int groups) throws InterruptedException {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            long end = System.nanoTime() + WARM_UP.plus(MEASURED).toNanos();
            for (int client = 0; client < clients; client++) {
                int number = client;
                threads.execute(() -> edit(name, number, groups, end));
            }
            TimeUnit.NANOSECONDS.sleep(WARM_UP.toNanos());
            long before = edits.sum();
            TimeUnit.NANOSECONDS.sleep(MEASURED.toNanos());
            out.printf(Locale.ROOT, "%-12s %6d edits/s with %d clients%n", name,
                    (edits.sum() - before) / MEASURED.toSeconds(), clients);
        }
    }

    private void edit(String name, int client, int groups, long end) {
        Ledger ledger = ledgers.get(client % INSTANCES);
        Money hold = Money.of(new BigDecimal("0.2"));
        Money cost = Money.of(new BigDecimal("0.05"));
        for (int number = 0; System.nanoTime() < end; number++) {
            String id = name + "-" + client + "-" + number;
            int key = (client + number) % KEYS;
            ledger.hold(new HoldRequest(id, "key_" + key, "group-" + key % groups, "gpt-image-1", "USD", "1", false, 1,
                    hold));
            ledger.settle(id, new DeliveredUsage(1, 10, 100, 1000), cost);
            edits.increment();
        }
    }
}
