package dev.retouch.server.database;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

@Tag("slow")
@Timeout(60)
class StatementGroupsTest {

    private static final Duration PATIENCE = Duration.ofSeconds(50);

    private final TestDatabase stored = TestDatabases.fresh(TestDatabases.Kind.POSTGRESQL);
    private final OutageWatch watch = new OutageWatch(new Available());
    private final PostgresWriter writer = new PostgresWriter(Jdbi.create(stored::raw), watch);
    private final List<Set<String>> statements = new CopyOnWriteArrayList<>();
    private final CountDownLatch firstMayEnd = new CountDownLatch(1);

    /** The database of this test is always available. */
    private static final class Available implements OutageWatch.Probe {
        @Override
        public void ask() {
            // it is there
        }

        @Override
        public void close() {
            // has nothing to close
        }
    }

    @AfterEach
    void close() {
        writer.close();
        watch.close();
        stored.close();
    }

    private List<String> write(Handle handle, List<String> items) {
        statements.add(Set.copyOf(items));
        if (items.contains("first")) {
            try {
                firstMayEnd.await(30, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        return items;
    }

    private StatementGroups<String, String> groups(Duration gathering) {
        return new StatementGroups<>(writer, watch, this::write, Function.identity(), 1, gathering);
    }

    private static CompletableFuture<Void> start(Runnable task) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> {
            try {
                task.run();
                done.complete(null);
            } catch (RuntimeException | Error e) {
                done.completeExceptionally(e);
            }
        });
        return done;
    }

    /** Writes one item, and two more together, whose callers write again. */
    private void writeTwice(StatementGroups<String, String> groups, Runnable beforeLate) {
        CompletableFuture<Void> first = start(() -> groups.write("first", PATIENCE));
        awaitStatements(1);
        CompletableFuture<Void> quick = start(() -> {
            groups.write("quick 1", PATIENCE);
            groups.write("quick 2", PATIENCE);
        });
        CompletableFuture<Void> late = start(() -> {
            groups.write("late 1", PATIENCE);
            beforeLate.run();
            groups.write("late 2", PATIENCE);
        });
        pause();
        firstMayEnd.countDown();
        CompletableFuture.allOf(first, quick, late).join();
    }

    private static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(100);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void awaitStatements(int count) {
        while (statements.size() < count) {
            Thread.onSpinWait();
        }
    }

    @Test
    void aStatementWaitsForCallersWhoseItemsWereWrittenTogether() {
        writeTwice(groups(Duration.ofSeconds(5)), StatementGroupsTest::pause);
        assertThat(statements).containsExactly(Set.of("first"), Set.of("quick 1", "late 1"),
                Set.of("quick 2", "late 2"));
    }

    @Test
    void aStatementDoesNotWaitLongerThanTheTimeForGathering() {
        writeTwice(groups(Duration.ofMillis(1)), () -> awaitStatements(3));
        assertThat(statements).containsExactly(Set.of("first"), Set.of("quick 1", "late 1"), Set.of("quick 2"),
                Set.of("late 2"));
    }
}
