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
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

import dev.retouch.server.database.Database;
import dev.retouch.server.database.DatabaseUnavailableException;
import dev.retouch.server.database.StoppablePostgres;
import dev.retouch.server.fixture.ManualClock;

import static dev.retouch.server.billing.Orders.images;
import static dev.retouch.server.billing.Orders.money;
import static dev.retouch.server.billing.Orders.order;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Tag("slow")
class DeferredSettlementTest {

    private StoppablePostgres server;
    private Path folder;
    private Database database;
    private Ledger ledger;

    @BeforeAll
    void open(@TempDir Path directory) throws IOException {
        folder = directory;
        server = new StoppablePostgres(folder);
        database = Database.open(Optional.of(server.url()), folder);
        ledger = new Ledger(database, ManualClock.atSomeTime(), "inst_test");
    }

    @AfterAll
    void close() throws IOException {
        database.close();
        server.close();
    }

    private long sum(String column, String condition) {
        return database.read(handle -> handle.createQuery("SELECT SUM(" + column + ") FROM edits WHERE " + condition)
                .mapTo(Long.class).one());
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

    private static void retryUntilNothingWaits(DeferredSettlement settlement) {
        long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (settlement.waiting() > 0 && System.nanoTime() < end) {
            settlement.retry();
        }
        assertThat(settlement.waiting()).isZero();
    }

    @Test
    void writesDeferredEndsWhenDatabaseIsBack() throws IOException, InterruptedException {
        DeferredSettlement settlement = new DeferredSettlement(ledger, new EndJournal(folder));
        for (String name : new String[]{"at-once", "settled", "released", "undecided", "later-known", "first-counts"}) {
            ledger.hold(order(name, "a", "g", "1"));
        }
        assertThat(settlement.end(EditEnd.settle("at-once", images(1), money("0.1"), null))).isTrue();
        assertThat(settlement.waiting()).isZero();

        server.crash();
        assertThatThrownBy(() -> ledger.hold(order("never-sent", "a", "g", "1")))
                .isInstanceOf(DatabaseUnavailableException.class);
        assertThat(atOnce(List.of(() -> settlement.end(EditEnd.release("never-sent", "the hold was not heard")),
                () -> settlement.end(EditEnd.settle("settled", images(2), money("0.2"), null)),
                () -> settlement.end(EditEnd.release("released", "no image")),
                () -> settlement.end(EditEnd.undecided("undecided", "connection lost")),
                () -> settlement.end(EditEnd.undecided("later-known", "connection lost")),
                () -> settlement.end(EditEnd.settle("first-counts", images(1), money("0.4"), null))))).hasSize(6)
                .containsOnly(false);
        assertThat(settlement.end(EditEnd.settle("later-known", images(1), money("0.3"), null))).isFalse();
        assertThat(settlement.end(EditEnd.release("first-counts", "too late"))).isFalse();
        settlement.retry();
        assertThat(settlement.waiting()).isEqualTo(6);

        server.comeBack();
        retryUntilNothingWaits(settlement);
        assertThat(stateOf("settled")).isEqualTo("settled");
        assertThat(stateOf("released")).isEqualTo("released");
        assertThat(stateOf("undecided")).isEqualTo("undecided");
        assertThat(stateOf("later-known")).isEqualTo("settled");
        assertThat(stateOf("first-counts")).isEqualTo("settled");
        assertThat(new Money(sum("cost", "key_id = 'a'"))).isEqualTo(money("1"));
        assertThat(new LedgerVerifier(database).verify().findings()).isEmpty();
        assertThat(settlement.end(EditEnd.settle("undecided", images(1), money("0.1"), null))).isTrue();
    }

    /** Otherwise the next process would find holds without an end, and charge all of them in full. */
    @Test
    void knownEndsOfAKilledProcessAreWrittenByTheNext() throws IOException, InterruptedException {
        for (String name : new String[]{"k-settled", "k-released", "k-undecided"}) {
            ledger.hold(order(name, "b", "h", "1"));
        }
        EndJournal journal = new EndJournal(folder);
        DeferredSettlement killed = new DeferredSettlement(ledger, journal);
        server.crash();
        assertThat(atOnce(List.of(() -> killed.end(EditEnd.settle("k-settled", images(1), money("0.2"), "a note")),
                () -> killed.end(EditEnd.release("k-released", "no image")),
                () -> killed.end(EditEnd.undecided("k-undecided", "connection lost"))))).containsOnly(false);
        journal.close(); // what the operating system does with the locks of a killed process
        server.comeBack();

        DeferredSettlement next = new DeferredSettlement(ledger, new EndJournal(folder));
        long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        next.recover();
        while (next.waiting() > 0 && System.nanoTime() < end) {
            next.retry();
        }
        assertThat(stateOf("k-settled")).isEqualTo("settled");
        assertThat(stateOf("k-released")).isEqualTo("released");
        assertThat(stateOf("k-undecided")).as("reconciliation finds it").isEqualTo("held");
        Budget budget = ledger.budget("key:b").orElseThrow();
        assertThat(budget.spent()).isEqualTo(money("0.2"));
        assertThat(budget.held()).isEqualTo(money("1"));
        assertThat(folder.resolve("ends")).isEmptyDirectory();
        assertThat(new LedgerVerifier(database).verify().findings()).isEmpty();
    }

    @Test
    void invalidArgumentIsThrownAndNotDeferred() {
        DeferredSettlement settlement = new DeferredSettlement(ledger, new EndJournal(folder));
        assertThatThrownBy(() -> settlement.end(EditEnd.settle("anything", images(0), money("1"), null)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> settlement.end(EditEnd.settle("no such edit", images(1), money("1"), null)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(settlement.waiting()).isZero();
    }
}
