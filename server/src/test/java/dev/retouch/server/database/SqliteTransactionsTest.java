package dev.retouch.server.database;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.retouch.server.database.Database.Work;
import dev.retouch.server.fixture.Eventually;

import static org.assertj.core.api.Assertions.assertThat;

/** Groups in SQLite, which have no savepoints. */
class SqliteTransactionsTest {

    private static final String INSERT = "INSERT INTO budgets (owner, limited, available, held, spent)"
            + " VALUES (?, 0, 0, 0, 0)";

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir
    private Path folder;
    private Database database;

    @BeforeEach
    void open() {
        database = Database.open(Optional.empty(), folder);
    }

    @AfterEach
    void close() {
        database.close();
    }

    private static CompletableFuture<Integer> start(Supplier<Integer> write) {
        return CompletableFuture.supplyAsync(write, task -> Thread.ofVirtual().start(task));
    }

    private List<CompletableFuture<Integer>> grouped(List<Work<Integer>> works) {
        return together(works.stream().<Supplier<Integer>>map(work -> () -> database.write(work)).toList());
    }

    /** Runs all of these writes in one group, behind a write that ends when all of them wait. */
    private List<CompletableFuture<Integer>> together(List<Supplier<Integer>> writes) {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch queued = new CountDownLatch(1);
        CompletableFuture<Integer> first = start(() -> database.write(_ -> {
            begun.countDown();
            return await(queued);
        }));
        List<CompletableFuture<Integer>> results = new ArrayList<>();
        try {
            await(begun);
            for (Supplier<Integer> write : writes) {
                results.add(start(write));
                int size = results.size();
                Eventually.so("queued", () -> database.queuedWrites() == size);
            }
        } finally {
            queued.countDown();
        }
        first.join();
        results.forEach(result -> result.exceptionally(_ -> 0).join());
        return results;
    }

    private static int await(CountDownLatch latch) {
        try {
            latch.await();
            return 0;
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Work<Integer> counted(AtomicInteger runs, Work<Integer> work) {
        return handle -> {
            runs.incrementAndGet();
            return work.with(handle);
        };
    }

    private int owners() {
        return database.read(
                handle -> handle.createQuery("SELECT COUNT(*) FROM budgets").mapTo(Integer.class).one());
    }

    @Test
    void workThatFailsBeforeItWritesIsRejectedAlone() {
        AtomicInteger runs = new AtomicInteger();
        List<CompletableFuture<Integer>> results = grouped(
                List.of(counted(runs, handle -> handle.execute(INSERT, "a")), counted(runs, _ -> {
                    throw new IllegalStateException("refused");
                }), counted(runs, handle -> handle.execute(INSERT, "b"))));

        assertThat(results.get(0)).isCompletedWithValue(1);
        assertThat(results.get(1)).isCompletedExceptionally();
        assertThat(results.get(2)).isCompletedWithValue(1);
        assertThat(runs).hasValue(3);
        assertThat(owners()).isEqualTo(2);
    }

    @Test
    void theGroupRunsOneByOneAfterAFailureBehindAWrite() {
        AtomicInteger runs = new AtomicInteger();
        List<CompletableFuture<Integer>> results = grouped(
                List.of(counted(runs, handle -> handle.execute(INSERT, "a")), counted(runs, handle -> {
                    handle.execute(INSERT, "lost");
                    throw new IllegalStateException("failed");
                }), counted(runs, handle -> handle.execute(INSERT, "b"))));

        assertThat(results.get(0)).isCompletedWithValue(1);
        assertThat(results.get(1).exceptionNow()).hasMessage("failed");
        assertThat(results.get(2)).isCompletedWithValue(1);
        assertThat(runs).as("two in the group, then each alone").hasValue(5);
        assertThat(owners()).isEqualTo(2);
    }

    /** Items that are written together, and what the statement was called with. */
    private List<CompletableFuture<Integer>> items(List<List<String>> calls, List<String> items) {
        GroupedWrites<String, Integer> group = database.grouped((handle, some) -> {
            calls.add(List.copyOf(some));
            some.forEach(item -> handle.execute(INSERT, item));
            if (some.contains("bad")) {
                throw new IllegalStateException("failed");
            }
            return some.stream().map(String::length).toList();
        }, item -> item.substring(0, 1), 1);
        return together(items.stream().<Supplier<Integer>>map(item -> () -> group.write(item, PATIENCE)).toList());
    }

    @Test
    void oneCallWritesTheItemsOfAGroup() {
        List<List<String>> calls = new ArrayList<>();
        List<CompletableFuture<Integer>> results = items(calls, List.of("a", "bb", "ccc"));
        assertThat(calls).containsExactly(List.of("a", "bb", "ccc"));
        assertThat(results).map(CompletableFuture::resultNow).containsExactly(1, 2, 3);
        assertThat(owners()).isEqualTo(3);
    }

    @Test
    void itemsWithTheSameIdentityAreWrittenOneAfterTheOther() {
        List<List<String>> calls = new ArrayList<>();
        items(calls, List.of("a", "ab", "c"));
        assertThat(calls).containsExactlyInAnyOrder(List.of("a", "c"), List.of("ab"));
        assertThat(owners()).isEqualTo(3);
    }

    @Test
    void anItemThatFailsIsRejectedAlone() {
        List<List<String>> calls = new ArrayList<>();
        List<CompletableFuture<Integer>> results = items(calls, List.of("a", "bad", "ccc"));
        assertThat(results.get(0)).isCompletedWithValue(1);
        assertThat(results.get(1).exceptionNow()).hasMessage("failed");
        assertThat(results.get(2)).isCompletedWithValue(3);
        assertThat(calls).containsExactly(List.of("a", "bad", "ccc"), List.of("a"), List.of("bad"), List.of("ccc"));
        assertThat(owners()).isEqualTo(2);
    }

    @Test
    void aStatementMayBeUsedWithinItself() {
        String all = "SELECT owner FROM budgets ORDER BY owner";
        int pairs = database.write(handle -> {
            handle.execute(INSERT, "a");
            handle.execute(INSERT, "b");
            return handle.createQuery(all).mapTo(String.class).stream().mapToInt(_ -> owners(handle, all)).sum();
        });
        assertThat(pairs).isEqualTo(4);
    }

    private static int owners(Handle handle, String sql) {
        return handle.createQuery(sql).mapTo(String.class).list().size();
    }

    @Test
    void theLogIsCopiedWhileTheDatabaseIsOpen() throws IOException {
        Path file = folder.resolve("retouch.db");
        long before = Files.size(file);
        for (int number = 0; number < 8; number++) {
            String name = number + "x".repeat(1 << 20);
            database.write(handle -> handle.execute(INSERT, name));
        }
        Eventually.so("copied", () -> size(file) - before >= 8 << 20);
    }

    private static long size(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
