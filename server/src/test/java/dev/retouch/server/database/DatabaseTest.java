package dev.retouch.server.database;

import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

import dev.retouch.server.fixture.Eventually;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

@ParameterizedClass
@EnumSource(TestDatabases.Kind.class)
@Tag("slow")
class DatabaseTest {

    private static final String INSERT = "INSERT INTO budgets (owner, limited, available, held, spent)"
            + " VALUES (?, 0, 0, 0, 0)";

    private final TestDatabases.Kind kind;
    private final TestDatabase stored;
    private final Database database;

    DatabaseTest(TestDatabases.Kind kind) {
        this.kind = kind;
        this.stored = TestDatabases.fresh(kind);
        this.database = stored.open();
    }

    @AfterEach
    void close() {
        stored.close();
    }

    private long count(String owners) throws SQLException {
        return stored.number("SELECT COUNT(*) FROM budgets WHERE owner LIKE '" + owners + "'");
    }

    /** Starts a write, and returns once it has queued or runs. */
    private Thread writing(CompletableFuture<Boolean> done, Database.Work<Boolean> work) throws InterruptedException {
        Thread thread = Thread.ofPlatform().start(() -> {
            try {
                done.complete(database.write(work));
            } catch (RuntimeException | Error e) {
                done.completeExceptionally(e);
            }
        });
        long end = System.nanoTime() + Duration.ofSeconds(10).toNanos();
        while (thread.getState() != Thread.State.TIMED_WAITING && !done.isDone() && System.nanoTime() < end) {
            thread.join(Duration.ofMillis(5));
        }
        return thread;
    }

    /** Authentication reads; a report may scan a year. */
    @Test
    void reportsNeitherDelayReadsNorQueueWithoutEnd() {
        CountDownLatch end = new CountDownLatch(1);
        List<CompletableFuture<Integer>> reports = new ArrayList<>();
        for (int i = 0; i < 110; i++) {
            reports.add(CompletableFuture.supplyAsync(() -> database.report(handle -> {
                return await(end) ? 1 : 0;
            }), Thread::startVirtualThread));
        }
        // two run and a hundred wait
        Eventually.so("eight are rejected", () -> reports.stream()
                .filter(CompletableFuture::isCompletedExceptionally).count() == 8);
        assertThat(database.<Integer>read(handle -> handle.createQuery("SELECT 7").mapTo(Integer.class).one()))
                .isEqualTo(7);
        end.countDown();
    }

    @Test
    void rollsBackAndRethrowsExceptionOfWork() throws SQLException {
        IllegalStateException refusal = new IllegalStateException("no");
        assertThatThrownBy(() -> database.write(handle -> {
            handle.execute(INSERT, "thrown-1");
            throw refusal;
        })).isSameAs(refusal);
        assertThat(count("thrown%")).isZero();
        assertThat(database.<Integer>write(handle -> handle.execute(INSERT, "thrown-2"))).isEqualTo(1);
        assertThat(count("thrown%")).isEqualTo(1);
    }

    @Test
    void commitsAGroupWithoutFailedWork() throws Exception {
        CountDownLatch begin = new CountDownLatch(1);
        AtomicLong seenFromOutside = new AtomicLong(-1);
        List<CompletableFuture<Boolean>> results = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            results.add(new CompletableFuture<>());
        }
        List<Thread> threads = new ArrayList<>();
        threads.add(writing(results.get(0), handle -> await(begin)));
        threads.add(writing(results.get(1), handle -> handle.execute(INSERT, "group-1") == 1));
        threads.add(writing(results.get(2), handle -> {
            handle.execute(INSERT, "group-2");
            handle.execute("INSERT INTO budgets (owner) VALUES ('group-2')");
            return true;
        }));
        threads.add(writing(results.get(3), handle -> {
            try {
                seenFromOutside.compareAndSet(-1, count("group-%")); // work may run again after another failed
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
            return handle.execute(INSERT, "group-3") == 1;
        }));
        begin.countDown();
        for (Thread thread : threads) {
            thread.join(Duration.ofSeconds(30));
        }
        assertThat(results.get(1)).isCompletedWithValue(true);
        assertThat(results.get(2)).isCompletedExceptionally();
        assertThat(results.get(3)).isCompletedWithValue(true);
        if (kind == TestDatabases.Kind.SQLITE) {
            // it runs the group again one by one, so that the first work is committed before the third runs
            assertThat(seenFromOutside).as("what is not committed").hasValue(1);
        }
        assertThat(count("group-%")).isEqualTo(2);
    }

    private static boolean await(CountDownLatch latch) {
        try {
            return latch.await(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void anErrorInAWorkEndsThatWorkOnly() throws SQLException {
        assertThatThrownBy(() -> database.write(handle -> {
            handle.execute(INSERT, "error-1");
            throw new StackOverflowError("deep");
        })).isInstanceOf(StackOverflowError.class);
        assertThat(database.<Integer>write(handle -> handle.execute(INSERT, "error-2"))).isEqualTo(1);
        assertThat(count("error-%")).isEqualTo(1);
    }

    @Test
    void aWrongStatementIsNoDatabaseThatIsAway() {
        assertThatThrownBy(() -> database.write(handle -> handle.execute("INSERT INTO nothing VALUES (1)")))
                .isNotInstanceOf(DatabaseUnavailableException.class);
        assertThatThrownBy(() -> database.read(handle -> handle.execute("SELECT 1 FROM nothing")))
                .isNotInstanceOf(DatabaseUnavailableException.class);
    }

    @Test
    void snapshotIsConsistentAndDoesNotBlockWrites() throws SQLException {
        String count = "SELECT COUNT(*) FROM budgets WHERE owner LIKE 'survey-%'";
        database.write(handle -> handle.execute(INSERT, "survey-1"));
        long seen = database.readSnapshot(handle -> {
            long before = handle.createQuery(count).mapTo(Long.class).one();
            database.write(writer -> writer.execute(INSERT, "survey-2"));
            long after = handle.createQuery(count).mapTo(Long.class).one();
            return before * 10 + after;
        });
        assertThat(seen).isEqualTo(11);
        assertThat(count("survey-%")).isEqualTo(2);
        assertThat(database.<Long>readSnapshot(handle -> handle.createQuery(count).mapTo(Long.class).one()))
                .isEqualTo(2);
    }

    @Test
    void ledgerIsAppendOnly() throws SQLException {
        database.write(handle -> handle.execute(
                "INSERT INTO ledger_transactions (id, kind, created_at) VALUES (1, 'fund', 0)"));
        database.write(handle -> handle.execute("INSERT INTO ledger_entries VALUES (1, 'key:a', 'funding', -1)"));
        List<String> attempts = new ArrayList<>(List.of("UPDATE ledger_transactions SET kind = 'hold'",
                "DELETE FROM ledger_transactions", "UPDATE ledger_entries SET amount = 0",
                "DELETE FROM ledger_entries"));
        if (kind == TestDatabases.Kind.POSTGRESQL) {
            attempts.add("TRUNCATE ledger_entries");
            attempts.add("TRUNCATE ledger_transactions CASCADE");
        }
        for (String attempt : attempts) {
            assertThatThrownBy(() -> database.write(handle -> handle.execute(attempt))).as(attempt)
                    .hasMessageContaining("append only");
        }
        assertThat(stored.number("SELECT SUM(amount) FROM ledger_entries")).isEqualTo(-1);
    }

    @Test
    void aClosedDatabaseIsAway() {
        Database closed = stored.open();
        closed.close();
        assertThatThrownBy(() -> closed.write(handle -> true)).isInstanceOf(DatabaseUnavailableException.class);
        assertThatThrownBy(() -> closed.read(handle -> true)).isInstanceOf(DatabaseUnavailableException.class);
        assertThatThrownBy(() -> closed.readSnapshot(handle -> true)).isInstanceOf(DatabaseUnavailableException.class);
    }

    /** More writes than lanes: none of them may wait for a task that never comes. */
    @Test
    @Timeout(10)
    void groupedWritesOfAClosedDatabaseFailAtOnce() {
        Database closed = stored.open();
        GroupedWrites<String, String> group = closed.grouped((_, items) -> items, Function.identity(), 1);
        closed.close();
        for (int i = 0; i < 3; i++) {
            assertThatThrownBy(() -> group.write("late", Duration.ofMinutes(1)))
                    .isInstanceOf(DatabaseUnavailableException.class)
                    .satisfies(e -> assertThat(((DatabaseUnavailableException) e).mayBeWritten()).isFalse());
        }
    }
}
