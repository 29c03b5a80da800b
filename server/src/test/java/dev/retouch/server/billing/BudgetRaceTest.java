package dev.retouch.server.billing;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import dev.retouch.server.database.Database;
import dev.retouch.server.database.TestDatabase;
import dev.retouch.server.database.TestDatabases;
import dev.retouch.server.fixture.ManualClock;

import static dev.retouch.server.billing.Orders.images;
import static dev.retouch.server.billing.Orders.money;
import static dev.retouch.server.billing.Orders.order;
import static org.assertj.core.api.Assertions.assertThat;

/** Many edits at once on one budget: as many as it pays for, and not one more. */
@Tag("slow")
class BudgetRaceTest {

    private static final int EDITS = 200;
    private static final int PAID = 50;

    @ParameterizedTest
    @CsvSource({"SQLITE, 1, key:racer", "POSTGRESQL, 1, key:racer", "POSTGRESQL, 2, key:racer",
            "POSTGRESQL, 2, group:race"})
    void exactlyAsManyAsArePaidForAreHeld(TestDatabases.Kind kind, int instances, String owner) throws Exception {
        try (TestDatabase stored = TestDatabases.fresh(kind)) {
            List<Database> databases = new ArrayList<>();
            List<Ledger> ledgers = new ArrayList<>();
            for (int i = 0; i < instances; i++) {
                databases.add(stored.open());
                ledgers.add(new Ledger(databases.get(i), ManualClock.atSomeTime(), "inst_" + i));
            }
            Orders.fund(databases.getFirst(), owner, money("5"), "fifty times a tenth");
            assertThat(inParallel(number -> held(ledgers.get(number % instances), number))).isEqualTo(PAID);
            Budget budget = ledgers.getFirst().budget(owner).orElseThrow();
            assertThat(budget.available()).isEqualTo(Money.ZERO);
            assertThat(budget.held()).isEqualTo(money("5"));
            assertThat(stored.number("SELECT COUNT(*) FROM edits")).isEqualTo(PAID);
            assertThat(new LedgerVerifier(databases.getFirst()).verify().findings()).isEmpty();
        }
    }

    /** However many say at once how an edit ended, it ends once. */
    @ParameterizedTest
    @CsvSource({"SQLITE, 1", "POSTGRESQL, 2"})
    void anEditEndsOnce(TestDatabases.Kind kind, int instances) throws Exception {
        try (TestDatabase stored = TestDatabases.fresh(kind)) {
            List<Database> databases = new ArrayList<>();
            List<Ledger> ledgers = new ArrayList<>();
            for (int i = 0; i < instances; i++) {
                databases.add(stored.open());
                ledgers.add(new Ledger(databases.get(i), ManualClock.atSomeTime(), "inst_" + i));
            }
            ledgers.getFirst().hold(order("edit", "racer", "race", "1"));
            inParallel(number -> {
                Ledger ledger = ledgers.get(number % instances);
                if (number % 4 < 2) {
                    ledger.settle("edit", images(1), new Money(number + 1));
                } else {
                    ledger.release("edit", "attempt " + number);
                }
                return true;
            });
            assertThat(stored.number("SELECT COUNT(*) FROM ledger_transactions")).isEqualTo(2);
            assertThat(new LedgerVerifier(databases.getFirst()).verify().findings()).isEmpty();
        }
    }

    private interface Attempt {
        boolean succeeds(int number);
    }

    private static boolean held(Ledger ledger, int number) {
        try {
            ledger.hold(order("edit-" + number, "racer", "race", "0.1"));
            return true;
        } catch (InsufficientBudgetException e) {
            return false;
        }
    }

    private static long inParallel(Attempt attempt) throws InterruptedException, ExecutionException {
        CyclicBarrier together = new CyclicBarrier(EDITS);
        List<Callable<Boolean>> attempts = new ArrayList<>();
        for (int i = 0; i < EDITS; i++) {
            int number = i;
            attempts.add(() -> {
                together.await();
                return attempt.succeeds(number);
            });
        }
        long succeeded = 0;
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<Boolean> result : threads.invokeAll(attempts)) {
                succeeded += result.get() ? 1 : 0;
            }
        }
        return succeeded;
    }
}
