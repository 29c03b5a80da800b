package dev.retouch.server.billing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.retouch.server.database.Database;
import dev.retouch.server.database.DatabaseUnavailableException;
import dev.retouch.server.database.StoppablePostgres;
import dev.retouch.server.fixture.ManualClock;

import static dev.retouch.server.billing.Orders.images;
import static dev.retouch.server.billing.Orders.money;
import static dev.retouch.server.billing.Orders.order;
import static org.assertj.core.api.Assertions.assertThat;

/** What was said to be durable is there after a crash, and nothing is there by halves. */
@Tag("slow")
class CrashTest {

    @Test
    void sqlitesFilesAreWholeAtAnyMoment(@TempDir Path folder) throws IOException {
        Path live = Files.createDirectory(folder.resolve("live"));
        Path crashed = Files.createDirectory(folder.resolve("crashed"));
        try (Database database = Database.open(Optional.empty(), live)) {
            Ledger ledger = new Ledger(database, ManualClock.atSomeTime(), "inst_test");
            Orders.fund(database, "key:a", money("10"), "a present");
            for (int i = 0; i < 20; i++) {
                ledger.hold(order("edit-" + i, "a", "g", "0.1"));
                if (i % 2 == 0) {
                    ledger.settle("edit-" + i, images(1), money("0.05"));
                }
            }
            database.write(handle -> {
                handle.execute("UPDATE budgets SET available = 0");
                copy(live, crashed); // the power goes in the middle of a transaction
                return handle
                        .execute("UPDATE budgets SET available = 10000000000 - held - spent WHERE owner = 'key:a'");
            });
        }
        try (Database database = Database.open(Optional.empty(), crashed)) {
            LedgerVerifier.Report report = new LedgerVerifier(database).verify();
            assertThat(report.findings()).isEmpty();
            assertThat(report.edits()).isEqualTo(20);
            assertThat(report.transactions()).isEqualTo(31);
        }
    }

    private static void copy(Path from, Path to) {
        try (Stream<Path> files = Files.list(from)) {
            for (Path file : files.filter(path -> !path.toString().endsWith("-shm")).toList()) {
                Files.copy(file, to.resolve(file.getFileName()));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void postgresKeepsWhatItHasConfirmed(@TempDir Path folder) throws Exception {
        Set<String> confirmed = ConcurrentHashMap.newKeySet();
        try (StoppablePostgres server = new StoppablePostgres(folder)) {
            try (Database database = Database.open(Optional.of(server.url()), folder)) {
                Ledger ledger = new Ledger(database, ManualClock.atSomeTime(), "inst_test");
                CountDownLatch busy = new CountDownLatch(300);
                try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
                    for (int i = 0; i < 8; i++) {
                        String name = "edit-" + i + "-";
                        threads.execute(() -> holdUntilAway(ledger, name, confirmed, busy));
                    }
                    assertThat(busy.await(60, TimeUnit.SECONDS)).isTrue();
                    server.crash();
                }
            }
            server.comeBack();
            try (Database database = Database.open(Optional.of(server.url()), folder)) {
                List<String> found = database
                        .read(handle -> handle.createQuery("SELECT id FROM edits").mapTo(String.class).list());
                assertThat(found).containsAll(confirmed);
                assertThat(new LedgerVerifier(database).verify().findings()).isEmpty();
            }
        }
    }

    private static void holdUntilAway(Ledger ledger, String name, Set<String> confirmed, CountDownLatch busy) {
        for (int i = 0;; i++) {
            try {
                ledger.hold(order(name + i, "a", "g", "0.001"));
            } catch (DatabaseUnavailableException e) {
                return;
            }
            confirmed.add(name + i);
            busy.countDown();
        }
    }
}
