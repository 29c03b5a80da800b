package dev.retouch.server.billing;

import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import dev.retouch.server.database.Database;
import dev.retouch.server.database.DatabaseUnavailableException;
import dev.retouch.server.database.TestDatabase;
import dev.retouch.server.database.TestDatabases;
import dev.retouch.server.fixture.Eventually;
import dev.retouch.server.fixture.ManualClock;

import static dev.retouch.server.billing.Orders.images;
import static dev.retouch.server.billing.Orders.money;
import static dev.retouch.server.billing.Orders.order;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Several instances write one ledger in PostgreSQL, each for its own edits, on budgets that they share. */
@Tag("slow")
class LedgerStressTest {

    private static final int INSTANCES = 3;
    private static final int CLIENTS = 24;
    private static final int EDITS = 60;

    private TestDatabase stored;
    private final List<Database> databases = new ArrayList<>();
    private final List<Ledger> ledgers = new ArrayList<>();

    @BeforeEach
    void open() {
        stored = TestDatabases.fresh(TestDatabases.Kind.POSTGRESQL);
        for (int i = 0; i < INSTANCES; i++) {
            databases.add(stored.open());
            ledgers.add(new Ledger(databases.get(i), ManualClock.atSomeTime(), "inst_" + i));
        }
    }

    @AfterEach
    void everythingAddsUp() {
        assertThat(new LedgerVerifier(databases.getFirst()).verify().findings()).isEmpty();
        stored.close();
    }

    /** The results that clients received, to compare them with the budgets. */
    private record Results(AtomicLong charged, AtomicLong refused, AtomicLong held) {}

    @Test
    void noBudgetIsOverdrawnAndEveryEditEndsOnce() throws Exception {
        Orders.fund(databases.getFirst(), "group:g-0", money("40"), "a present");
        Orders.fund(databases.getFirst(), "key:k-1", money("10"), "a present");
        Orders.fund(databases.getFirst(), "key:k-2", money("10"), "a present");
        Results results = new Results(new AtomicLong(), new AtomicLong(), new AtomicLong());
        List<Callable<Boolean>> clients = new ArrayList<>();
        for (int client = 0; client < CLIENTS; client++) {
            int number = client;
            clients.add(() -> edit(number, results));
        }
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<Boolean> client : threads.invokeAll(clients)) {
                assertThat(client.get()).isTrue();
            }
        }
        assertThat(results.refused().get()).isPositive();
        assertThat(results.held().get()).isPositive();
        long spent = 0;
        for (Budget budget : ledgers.getFirst().budgets()) {
            assertThat(budget.held()).as(budget.owner()).isEqualTo(Money.ZERO);
            if (budget.limited()) {
                assertThat(budget.available().isNegative()).as(budget.owner()).isFalse();
            }
            spent += BudgetOwner.isKey(budget.owner()) ? budget.spent().nanos() : 0;
        }
        assertThat(spent).isEqualTo(results.charged().get());
        assertThat(stored.number("SELECT count(*) FROM edits")).isEqualTo(results.held().get());
    }

    /** Costs are never above holds here, so a budget that is limited never goes below zero. */
    private boolean edit(int client, Results results) {
        Random random = new Random(client);
        for (int i = 0; i < EDITS; i++) {
            Ledger ledger = ledgers.get((client + i) % INSTANCES);
            String id = "edit-" + client + "-" + i;
            Money hold = new Money(1 + random.nextInt(1_000_000_000));
            try {
                ledger.hold(
                        new HoldRequest(id, "k-" + random.nextInt(4), "g-" + random.nextInt(2), "a-model", "USD", "1",
                                false, 1, hold));
            } catch (InsufficientBudgetException e) {
                results.refused().incrementAndGet();
                continue;
            }
            results.held().incrementAndGet();
            if (random.nextInt(3) == 0) {
                ledger.markUndecided(id, "nobody knows");
            }
            if (random.nextInt(3) == 0) {
                ledger.release(id, "no image");
            } else {
                Money cost = new Money(random.nextLong(hold.nanos()));
                results.charged().addAndGet(ledger.settle(id, images(1), cost).nanos());
            }
        }
        return true;
    }

    /** Another transaction has the budget of one group; edits of other groups go on. */
    @Test
    void groupsDoNotWaitForEachOther() throws Exception {
        ledgers.get(0).hold(order("first", "a", "busy", "1"));
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Boolean> waits = databases.get(1).write(blocking -> {
                lock(blocking, "group:busy");
                Future<Boolean> asked = threads.submit(() -> held("second", "busy"));
                Eventually.so("it waits for the lock", this::isWaitingForALock);
                assertThat(held("other", "free")).isTrue();
                assertThat(asked.isDone()).isFalse();
                return asked;
            });
            assertThat(waits.get(20, TimeUnit.SECONDS)).isTrue();
        }
    }

    private boolean held(String id, String group) {
        ledgers.get(0).hold(order(id, "key-of-" + group, group, "1"));
        return true;
    }

    private boolean isWaitingForALock() {
        try {
            return stored.number("""
                    SELECT count(*) FROM pg_stat_activity
                    WHERE datname = current_database() AND wait_event_type = 'Lock'""") > 0;
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void lock(Handle handle, String owner) {
        handle.createQuery("SELECT owner FROM budgets WHERE owner = :owner FOR UPDATE").bind("owner", owner)
                .mapTo(String.class).one();
    }

    /** A frozen instance cannot keep others waiting for long. */
    @Test
    void aLockThatIsNeverReleasedFailsTheHoldInTime() throws Exception {
        ledgers.get(0).hold(order("first", "a", "busy", "1"));
        databases.get(1).write(blocking -> {
            lock(blocking, "group:busy");
            long before = System.nanoTime();
            assertThatThrownBy(() -> held("second", "busy")).isInstanceOf(DatabaseUnavailableException.class);
            assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(8));
            return true;
        });
        assertThat(held("third", "busy")).isTrue();
    }

    /** Two transactions that lock each other's rows: one is repeated, and both succeed. */
    @Test
    void workThatMeetsADeadlockIsRepeated() throws Exception {
        Orders.fund(databases.getFirst(), "key:a", money("1"), "a present");
        Orders.fund(databases.getFirst(), "key:b", money("1"), "a present");
        AtomicLong runs = new AtomicLong();
        CyclicBarrier both = new CyclicBarrier(2);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Boolean>> results = new ArrayList<>();
            for (List<String> owners : List.of(List.of("key:a", "key:b"), List.of("key:b", "key:a"))) {
                results.add(threads.submit(() -> databases.get(0).<Boolean>write(handle -> {
                    boolean first = runs.incrementAndGet() <= 2;
                    lock(handle, owners.getFirst());
                    if (first) {
                        await(both);
                    }
                    lock(handle, owners.getLast());
                    return true;
                })));
            }
            for (Future<Boolean> result : results) {
                assertThat(result.get(20, TimeUnit.SECONDS)).isTrue();
            }
        }
        assertThat(runs.get()).isGreaterThan(2);
    }

    private static void await(CyclicBarrier barrier) {
        try {
            barrier.await(10, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** The hold was not confirmed, and is written after it was withdrawn, as by a backend that was frozen. */
    @Test
    void aWithdrawnHoldCannotBeWrittenLater() throws Exception {
        HoldRequest late = order("late", "a", "g", "1");
        ledgers.get(0).withdraw(late, "the database was unavailable");
        assertThatThrownBy(() -> ledgers.get(0).hold(late)).isInstanceOf(IllegalStateException.class);
        assertThat(databases.get(0).<Boolean>read(handle -> ledgers.get(0).hasHold(handle, "late"))).isFalse();
        HoldRequest written = order("written", "a", "g", "1");
        ledgers.get(0).hold(written);
        ledgers.get(0).withdraw(written, "the database was unavailable");
        ledgers.get(0).withdraw(written, "the database was unavailable");
        assertThat(databases.get(0).<Boolean>read(handle -> ledgers.get(0).hasHold(handle, "written"))).isFalse();
        assertThat(stored.number("SELECT SUM(released) FROM usage_days")).as("whether or not the hold was written")
                .isEqualTo(2);
        assertThat(ledgers.get(0).budget("key:a").orElseThrow().held()).isEqualTo(Money.ZERO);
    }

    /** A value that the statement cannot take fails its own edit and no other one of the group. */
    @Test
    void anItemThatFailsTheStatementFailsAlone() throws Exception {
        List<Callable<Boolean>> holds = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            int number = i;
            holds.add(() -> {
                HoldRequest request = order(number % 10 == 3 ? "zero-\0-" + number : "fine-" + number, "a", "g",
                        "0.01");
                try {
                    ledgers.get(0).hold(request);
                    return true;
                } catch (DatabaseUnavailableException e) {
                    throw new AssertionError(e);
                } catch (RuntimeException e) {
                    return false;
                }
            });
        }
        int held = 0;
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<Boolean> hold : threads.invokeAll(holds)) {
                held += hold.get() ? 1 : 0;
            }
        }
        assertThat(held).isEqualTo(36);
        assertThat(stored.number("SELECT count(*) FROM edits")).isEqualTo(36);
    }
}
