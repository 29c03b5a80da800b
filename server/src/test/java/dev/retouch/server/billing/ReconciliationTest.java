package dev.retouch.server.billing;

import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

import dev.retouch.server.database.Database;
import dev.retouch.server.database.Instance;
import dev.retouch.server.database.TestDatabase;
import dev.retouch.server.database.TestDatabases;
import dev.retouch.server.fixture.ManualClock;

import static dev.retouch.server.billing.Orders.free;
import static dev.retouch.server.billing.Orders.images;
import static dev.retouch.server.billing.Orders.money;
import static dev.retouch.server.billing.Orders.order;
import static org.assertj.core.api.Assertions.assertThat;

@ParameterizedClass
@EnumSource(TestDatabases.Kind.class)
@Tag("slow")
class ReconciliationTest {

    private final TestDatabase stored;
    private final Database database;
    private final ManualClock clock = ManualClock.atSomeTime();
    private final Instance self;
    private final Instance other;
    private final Ledger ledger;
    private final Ledger others;

    ReconciliationTest(TestDatabases.Kind kind) {
        this.stored = TestDatabases.fresh(kind);
        this.database = stored.open();
        this.self = Instance.timedBy(database, clock, Duration.ofSeconds(10));
        this.other = Instance.timedBy(database, clock, Duration.ofSeconds(10));
        this.ledger = new Ledger(database, clock, self.id());
        this.others = new Ledger(database, clock, other.id());
    }

    @AfterEach
    void everythingAddsUp() {
        assertThat(new LedgerVerifier(database).verify().findings()).isEmpty();
        stored.close();
    }

    private Reconciliation reconciliation(HoldPolicy policy) {
        return new Reconciliation(database, ledger, self,
                new Reconciliation.Settings(Duration.ofMinutes(10), policy));
    }

    private LedgerEdit edit(String id) {
        return new UsageRepository(database)
                .edits(new UsageRepository.Filter(null, null, Instant.EPOCH, clock.instant().plusMillis(1)), 100)
                .stream()
                .filter(edit -> edit.id().equals(id)).findAny().orElseThrow();
    }

    private static Reconciliation.Report marked(int edits) {
        return new Reconciliation.Report(edits, 0, 0, 0, 0);
    }

    @Test
    void editsOfADeadInstanceBecomeUndecided() {
        others.hold(order("theirs", "a", "g", "1"));
        ledger.hold(order("ours", "a", "g", "1"));
        clock.advance(Duration.ofSeconds(10));
        assertThat(reconciliation(HoldPolicy.CHARGE).run()).as("seen just in time").isEqualTo(marked(0));
        clock.advance(Duration.ofMillis(1));
        assertThat(reconciliation(HoldPolicy.CHARGE).run()).isEqualTo(marked(1));
        assertThat(edit("theirs").state()).isEqualTo(HoldState.UNDECIDED);
        assertThat(edit("theirs").decided()).isEqualTo(clock.instant());
        assertThat(edit("theirs").note()).isEqualTo("the instance died");
        assertThat(edit("ours").state()).as("one does not take itself for dead").isEqualTo(HoldState.HELD);
        assertThat(reconciliation(HoldPolicy.CHARGE).run()).isEqualTo(marked(0));
    }

    @Test
    void marksEditsOfUnregisteredInstanceAtOnce() {
        others.hold(order("theirs", "a", "g", "1"));
        other.close();
        assertThat(reconciliation(HoldPolicy.CHARGE).run()).isEqualTo(marked(1));
    }

    @Test
    void instanceConsideredDeadStillEndsItsEdits() {
        others.hold(order("theirs", "a", "g", "1"));
        clock.advance(Duration.ofSeconds(30));
        reconciliation(HoldPolicy.CHARGE).run();
        others.settle("theirs", images(1), money("0.25"));
        clock.advance(Duration.ofHours(2));
        assertThat(reconciliation(HoldPolicy.CHARGE).run()).isEqualTo(new Reconciliation.Report(0, 0, 0, 0, 1));
        assertThat(edit("theirs").cost()).isEqualTo(money("0.25"));
    }

    @Test
    void chargesEditsThatStayUndecided() {
        ledger.hold(order("unknown", "a", "g", "1.5"));
        ledger.hold(free("unknown-free", "a", "g", "1.5"));
        clock.advance(Duration.ofMinutes(30));
        ledger.markUndecided("unknown", "connection lost");
        ledger.markUndecided("unknown-free", "connection lost");
        clock.advance(Duration.ofMinutes(10).minusMillis(1));
        other.heartbeat();
        assertThat(reconciliation(HoldPolicy.CHARGE).run()).as("counted from the marking").isEqualTo(marked(0));
        clock.advance(Duration.ofMillis(1));
        assertThat(reconciliation(HoldPolicy.CHARGE).run()).isEqualTo(new Reconciliation.Report(0, 2, 0, 0, 0));
        assertThat(edit("unknown").state()).isEqualTo(HoldState.SETTLED);
        assertThat(edit("unknown").cost()).isEqualTo(money("1.5"));
        assertThat(edit("unknown").delivered().images()).isZero();
        assertThat(edit("unknown").note()).contains("charged in full");
        assertThat(edit("unknown-free").cost()).isEqualTo(Money.ZERO);
        assertThat(ledger.budget("key:a")).contains(
                new Budget("key:a", false, money("-1.5"), Money.ZERO, money("1.5")));
    }

    @Test
    void releasesUndecidedEditsIfConfigured() {
        ledger.hold(order("unknown", "a", "g", "1.5"));
        ledger.markUndecided("unknown", "connection lost");
        clock.advance(Duration.ofMinutes(10));
        other.heartbeat();
        assertThat(reconciliation(HoldPolicy.RELEASE).run()).isEqualTo(new Reconciliation.Report(0, 0, 1, 0, 0));
        assertThat(edit("unknown").state()).isEqualTo(HoldState.RELEASED);
        assertThat(edit("unknown").note()).contains("released");
        assertThat(ledger.budget("key:a")).contains(new Budget("key:a", false, Money.ZERO, Money.ZERO, Money.ZERO));
    }

    @Test
    void releasesSlotsOfDeadInstance() throws SQLException {
        ticket(1, other);
        ticket(2, self);
        stored.execute("INSERT INTO slot_tickets VALUES (3, 'key:a', 'inst_unknown', 'edit', 1, 0, 1)");
        assertThat(reconciliation(HoldPolicy.CHARGE).run()).isEqualTo(new Reconciliation.Report(0, 0, 0, 1, 0));
        clock.advance(Duration.ofSeconds(11));
        assertThat(reconciliation(HoldPolicy.CHARGE).run()).isEqualTo(new Reconciliation.Report(0, 0, 0, 1, 0));
        assertThat(stored.number("SELECT SUM(id) FROM slot_tickets")).isEqualTo(2);
        clock.advance(Duration.ofHours(1));
        assertThat(reconciliation(HoldPolicy.CHARGE).run()).isEqualTo(new Reconciliation.Report(0, 0, 0, 0, 1));
        assertThat(stored.number("SELECT COUNT(*) FROM instances")).isEqualTo(1);
    }

    private void ticket(long id, Instance instance) throws SQLException {
        stored.execute(
                "INSERT INTO slot_tickets VALUES (" + id + ", 'key:a', '" + instance.id() + "', 'edit', 1, 0, 1)");
    }

    @Test
    void severalAtOnceDoEverythingOnce() throws Exception {
        for (int i = 0; i < 20; i++) {
            others.hold(order("edit-" + i, "a", "g", "1"));
            if (i < 10) {
                others.markUndecided("edit-" + i, "connection lost");
            }
        }
        clock.advance(Duration.ofMinutes(20));
        List<Callable<Reconciliation.Report>> runs = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            runs.add(() -> reconciliation(HoldPolicy.CHARGE).run());
        }
        int undecided = 0;
        int charged = 0;
        try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
            for (Future<Reconciliation.Report> run : threads.invokeAll(runs)) {
                undecided += run.get().undecided();
                charged += run.get().charged();
            }
        }
        assertThat(undecided).isEqualTo(10);
        assertThat(charged).isEqualTo(10);
    }
}
