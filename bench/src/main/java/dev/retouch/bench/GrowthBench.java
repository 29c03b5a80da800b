package dev.retouch.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import dev.retouch.server.billing.DeliveredUsage;
import dev.retouch.server.billing.HoldRequest;
import dev.retouch.server.billing.Ledger;
import dev.retouch.server.billing.LedgerVerifier;
import dev.retouch.server.billing.Money;
import dev.retouch.server.billing.UsageRepository;
import dev.retouch.server.billing.UsageRepository.Dimension;
import dev.retouch.server.database.Database;

/**
 * Measures what an edit, a usage report and a verification of the new part of the ledger cost with few and with many ledger rows, in one
 * run. The edits that fill the ledger are spread over the month before.
 */
public final class GrowthBench {

    private static final int KEYS = 32;
    private static final int CLIENTS = 16;
    private static final int FEW = 100;
    private static final int MEASURED = 400;
    private static final int ROUNDS = 5;
    /** Two transactions and ten postings. */
    private static final int ROWS = 12;
    private static final Duration MONTH = Duration.ofDays(30);
    private static final double NANOS_PER_MILLI = 1e6;

    private final Ledger ledger;
    private final LedgerVerifier verifier;
    private final UsageRepository usage;
    private final SetClock clock;
    private final AtomicInteger edits = new AtomicInteger();

    private GrowthBench(Database database, SetClock clock) {
        this.clock = clock;
        this.ledger = new Ledger(database, clock, "inst_bench");
        this.verifier = new LedgerVerifier(database);
        this.usage = new UsageRepository(database);
    }

    /** A clock that is set to the time of each edit. */
    private static final class SetClock extends Clock {

        private final AtomicReference<Instant> now = new AtomicReference<>(Instant.now());

        @Override
        public Instant instant() {
            return now.get();
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }

    /** Milliseconds of an edit, of a report, of a verification of the new part, and of one of the whole ledger. */
    private record Costs(int rows, double edit, double report, double verification, double whole) {}

    /**
     * Prints the costs.
     *
     * @param arguments the number of edits that fill the ledger, and the URL of an empty PostgreSQL database; SQLite without it
     */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        Path folder = Files.createTempDirectory("growth-bench");
        Optional<String> url = arguments.length > 1 ? Optional.of(arguments[1]) : Optional.empty();
        try (Database database = Database.open(url, folder)) {
            GrowthBench bench = new GrowthBench(database, new SetClock());
            bench.fill(FEW);
            bench.costs(); // warms up
            Costs few = bench.costs();
            bench.fill(Integer.parseInt(arguments[0]));
            report(System.out, few, bench.costs());
        }
    }

    private static void report(PrintStream out, Costs few, Costs many) {
        out.printf(Locale.ROOT, "%-32s %,12d %,12d  ratio%n", "ledger rows", few.rows(), many.rows());
        row(out, "edit, ms", few.edit(), many.edit());
        row(out, "usage report, ms", few.report(), many.report());
        row(out, "verification, new part, ms", few.verification(), many.verification());
        row(out, "verification, whole ledger, ms", few.whole(), many.whole());
    }

    private static void row(PrintStream out, String name, double few, double many) {
        out.printf(Locale.ROOT, "%-32s %12.2f %12.2f  %5.2f%n", name, few, many, many / few);
    }

    private Costs costs() {
        clock.now.set(Instant.now());
        double edit = median(() -> timed(() -> edit(MEASURED / ROUNDS)) / (MEASURED / ROUNDS));
        double report = median(() -> timed(this::read));
        double whole = timed(verifier::verifyAll);
        double verification = median(() -> {
            clock.now.updateAndGet(now -> now.plus(Duration.ofMinutes(5)));
            edit(FEW);
            return timed(verifier::verify);
        });
        return new Costs(edits.get() * ROWS, edit, report, verification, whole);
    }

    private int read() {
        Instant end = clock.instant();
        return usage.usage(new UsageRepository.Filter("key_1", null, end.minus(MONTH), end.plus(Duration.ofDays(1))),
                EnumSet.of(Dimension.DAY, Dimension.MODEL)).size();
    }

    private static double median(Callable<Double> measured) {
        List<Double> all = new ArrayList<>();
        for (int round = 0; round < ROUNDS; round++) {
            try {
                all.add(measured.call());
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }
        return all.stream().sorted().skip(ROUNDS / 2).findFirst().orElseThrow();
    }

    private static double timed(Callable<?> work) {
        long start = System.nanoTime();
        try {
            if (work.call() == null) {
                throw new IllegalStateException("no result");
            }
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
        return (System.nanoTime() - start) / NANOS_PER_MILLI;
    }

    private int edit(int count) {
        for (int i = 0; i < count; i++) {
            edit();
        }
        return count;
    }

    private void edit() {
        int number = edits.getAndIncrement();
        String id = "req_" + Long.toHexString(number * 0x9E3779B97F4A7C15L);
        ledger.hold(new HoldRequest(id, "key_" + number % KEYS, "group_" + number % 4, "gpt-image-1", "USD", "1", false,
                1, Money.of(new BigDecimal("0.2"))));
        ledger.settle(id, new DeliveredUsage(1, 10, 0, 100, 0, 0, 1000), Money.of(new BigDecimal("0.05")));
    }

    /** Edits of many clients, from a month ago until an hour ago. */
    private void fill(int count) throws InterruptedException {
        Instant begin = Instant.now().minus(MONTH);
        long step = MONTH.minus(Duration.ofHours(1)).toNanos() / count;
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Callable<Boolean>> clients = new ArrayList<>();
            AtomicInteger filled = new AtomicInteger();
            for (int client = 0; client < CLIENTS; client++) {
                clients.add(() -> {
                    for (int i = filled.getAndIncrement(); i < count; i = filled.getAndIncrement()) {
                        clock.now.set(begin.plusNanos(step * i));
                        edit();
                    }
                    return true;
                });
            }
            for (Future<Boolean> client : threads.invokeAll(clients)) {
                client.resultNow();
            }
        }
    }
}
