package dev.retouch.server.billing;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

import dev.retouch.server.fixture.ManualClock;
import dev.retouch.server.store.Database;
import dev.retouch.server.store.DatabaseAwayException;
import dev.retouch.server.store.StoppablePostgres;

import static dev.retouch.server.billing.Orders.images;
import static dev.retouch.server.billing.Orders.money;
import static dev.retouch.server.billing.Orders.order;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SafeSettlementTest {

    private StoppablePostgres server;
    private Database database;
    private Ledger ledger;

    @BeforeAll
    void open(@TempDir Path folder) throws IOException {
        server = new StoppablePostgres(folder);
        database = Database.open(Optional.of(server.url()), folder);
        ledger = new Ledger(database, ManualClock.atSomeTime(), "inst_test");
    }

    @AfterAll
    void close() throws IOException {
        database.close();
        server.close();
    }

    private long sum(String column) {
        return database.read(handle -> handle.createQuery("SELECT SUM(" + column + ") FROM edits").mapTo(Long.class)
                .one());
    }

    private String stateOf(String editId) {
        return database.read(handle -> handle.createQuery("SELECT state FROM edits WHERE id = :id").bind("id", editId)
                .mapTo(String.class).one());
    }

    private static List<Boolean> atOnce(List<Callable<Boolean>> ends) throws InterruptedException {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            return threads.invokeAll(ends).stream().map(Future::resultNow).toList();
        }
    }

    private static void retryUntilNothingWaits(SafeSettlement settlement) {
        long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (settlement.waiting() > 0 && System.nanoTime() < end) {
            settlement.retry();
        }
        assertThat(settlement.waiting()).isZero();
    }

    @Test
    void whatCannotBeWrittenNowIsWrittenWhenTheDatabaseIsBack() throws IOException, InterruptedException {
        SafeSettlement settlement = new SafeSettlement(ledger);
        for (String name : new String[]{"at-once", "settled", "released", "undecided", "later-known", "first-counts"}) {
            ledger.hold(order(name, "a", "g", "1"));
        }
        assertThat(settlement.settle("at-once", images(1), money("0.1"))).isTrue();
        assertThat(settlement.waiting()).isZero();

        server.crash();
        assertThatThrownBy(() -> ledger.hold(order("never-sent", "a", "g", "1")))
                .isInstanceOf(DatabaseAwayException.class);
        assertThat(atOnce(List.of(() -> settlement.release("never-sent", "the hold was not heard"),
                () -> settlement.settle("settled", images(2), money("0.2")),
                () -> settlement.release("released", "no image"),
                () -> settlement.undecided("undecided", "connection lost"),
                () -> settlement.undecided("later-known", "connection lost"),
                () -> settlement.settle("first-counts", images(1), money("0.4"))))).hasSize(6).containsOnly(false);
        assertThat(settlement.settle("later-known", images(1), money("0.3"))).isFalse();
        assertThat(settlement.release("first-counts", "too late")).isFalse();
        settlement.retry();
        assertThat(settlement.waiting()).isEqualTo(6);

        server.comeBack();
        retryUntilNothingWaits(settlement);
        assertThat(stateOf("settled")).isEqualTo("settled");
        assertThat(stateOf("released")).isEqualTo("released");
        assertThat(stateOf("undecided")).isEqualTo("undecided");
        assertThat(stateOf("later-known")).isEqualTo("settled");
        assertThat(stateOf("first-counts")).isEqualTo("settled");
        assertThat(new Money(sum("cost"))).isEqualTo(money("1"));
        assertThat(new LedgerCheck(database).verify().problems()).isEmpty();
        assertThat(settlement.settle("undecided", images(1), money("0.1"))).isTrue();
    }

    @Test
    void aMistakeOfTheCallerIsToldAndNotKept() {
        SafeSettlement settlement = new SafeSettlement(ledger);
        assertThatThrownBy(() -> settlement.settle("anything", images(0), money("1")))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> settlement.settle("no such edit", images(1), money("1")))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(settlement.waiting()).isZero();
    }
}
