package dev.retouch.server.billing;

import java.sql.SQLException;
import java.time.Instant;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

import dev.retouch.server.database.Database;
import dev.retouch.server.database.TestDatabase;
import dev.retouch.server.database.TestDatabases;
import dev.retouch.server.fixture.ManualClock;

import static dev.retouch.server.billing.Orders.free;
import static dev.retouch.server.billing.Orders.images;
import static dev.retouch.server.billing.Orders.money;
import static dev.retouch.server.billing.Orders.order;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/** After each test the whole ledger must add up. */
@ParameterizedClass
@EnumSource(TestDatabases.Kind.class)
@Tag("slow")
class LedgerTest {

    private final TestDatabase stored;
    private final Database database;
    private final ManualClock clock = ManualClock.atSomeTime();
    private final Ledger ledger;

    LedgerTest(TestDatabases.Kind kind) {
        this.stored = TestDatabases.fresh(kind);
        this.database = stored.open();
        this.ledger = new Ledger(database, clock, "inst_test");
    }

    @AfterEach
    void everythingAddsUp() {
        assertThat(new LedgerVerifier(database).verify().findings()).isEmpty();
        stored.close();
    }

    private void assertBudget(String owner, boolean limited, String available, String held, String spent) {
        assertThat(ledger.budget(owner))
                .contains(new Budget(owner, limited, money(available), money(held), money(spent)));
    }

    private LedgerEdit edit(String keyId) {
        return new UsageRepository(database)
                .edits(new UsageRepository.Filter(keyId, null, Instant.EPOCH, Instant.parse("2999-01-01T00:00:00Z")), 1)
                .getFirst();
    }

    private long transactions() throws SQLException {
        return stored.number("SELECT COUNT(*) FROM ledger_transactions");
    }

    @Test
    void holdsOnBudgetsOfKeyAndGroup() {
        Orders.fund(database, "key:hold", money("5"), "a present");
        ledger.hold(order("edit-hold", "hold", "holders", "1.5"));
        assertBudget("key:hold", true, "3.5", "1.5", "0");
        assertBudget("group:holders", false, "-1.5", "1.5", "0");
        assertThat(edit("hold").state()).isEqualTo(HoldState.HELD);
        assertThat(edit("hold").held()).isEqualTo(money("1.5"));
        assertThat(edit("hold").created()).isEqualTo(clock.instant());
        assertThat(edit("hold").decided()).isNull();
    }

    @Test
    void settleChargesTheCostAndFreesTheRest() {
        Orders.fund(database, "key:settle", money("5"), "a present");
        ledger.hold(order("edit-settle", "settle", "settlers", "1.5"));
        assertThat(ledger.settle("edit-settle", images(2), money("0.4"))).isEqualTo(money("0.4"));
        assertBudget("key:settle", true, "4.6", "0", "0.4");
        assertBudget("group:settlers", false, "-0.4", "0", "0.4");
        LedgerEdit edit = edit("settle");
        assertThat(edit.state()).isEqualTo(HoldState.SETTLED);
        assertThat(edit.cost()).isEqualTo(money("0.4"));
        assertThat(edit.delivered()).isEqualTo(new DeliveredUsage(2, 20, 200, 2000));
        assertThat(edit.decided()).isEqualTo(clock.instant());
    }

    @Test
    void chargesCostAboveTheHold() {
        Orders.fund(database, "key:more", money("1"), "a present");
        ledger.hold(order("edit-more", "more", "more", "1"));
        ledger.settle("edit-more", images(1), money("1.25"));
        assertBudget("key:more", true, "-0.25", "0", "1.25");
        assertThatThrownBy(() -> ledger.hold(order("edit-more-2", "more", "more", "0.1")))
                .isInstanceOf(InsufficientBudgetException.class);
    }

    @Test
    void aReleaseGivesEverythingBack() {
        Orders.fund(database, "key:release", money("5"), "a present");
        ledger.hold(order("edit-release", "release", "releasers", "1.5"));
        ledger.release("edit-release", "refused upstream");
        assertBudget("key:release", true, "5", "0", "0");
        assertBudget("group:releasers", false, "0", "0", "0");
        assertThat(edit("release").state()).isEqualTo(HoldState.RELEASED);
        assertThat(edit("release").note()).isEqualTo("refused upstream");
    }

    @Test
    void undecidedEditKeepsItsHold() {
        ledger.hold(order("edit-undecided", "undecided", "undecided", "1.5"));
        ledger.markUndecided("edit-undecided", "connection lost");
        assertBudget("key:undecided", false, "-1.5", "1.5", "0");
        assertThat(edit("undecided").state()).isEqualTo(HoldState.UNDECIDED);
        assertThat(edit("undecided").note()).isEqualTo("connection lost");
        assertThat(ledger.settle("edit-undecided", images(1), money("1"))).isEqualTo(money("1"));
        assertBudget("key:undecided", false, "-1", "0", "1");
        assertThat(edit("undecided").note()).isNull();
    }

    @Test
    void chargesAnEditOnlyOnce() throws SQLException {
        ledger.hold(order("edit-twice", "twice", "twice", "1.5"));
        ledger.settle("edit-twice", images(1), money("1"));
        long transactions = transactions();
        assertThat(ledger.settle("edit-twice", images(4), money("1.5"))).isEqualTo(money("1"));
        ledger.release("edit-twice", "too late");
        ledger.markUndecided("edit-twice", "too late");
        assertThat(transactions()).isEqualTo(transactions);
        assertBudget("key:twice", false, "-1", "0", "1");
        assertThat(edit("twice").state()).isEqualTo(HoldState.SETTLED);
        assertThat(edit("twice").delivered().images()).isEqualTo(1);
    }

    @Test
    void doesNotChargeAReleasedEdit() throws SQLException {
        ledger.hold(order("edit-late", "late", "late", "1.5"));
        ledger.release("edit-late", "given up");
        long transactions = transactions();
        assertThat(ledger.settle("edit-late", images(1), money("1"))).isEqualTo(Money.ZERO);
        ledger.release("edit-late", "again");
        assertThat(transactions()).isEqualTo(transactions);
        assertThat(edit("late").note()).isEqualTo("given up");
    }

    @Test
    void whereABudgetIsNotEnoughNothingIsWritten() throws SQLException {
        Orders.fund(database, "key:poor", money("1"), "a present");
        Orders.fund(database, "group:poor", money("2"), "a present");
        long transactions = transactions();
        InsufficientBudgetException refusal = catchThrowableOfType(InsufficientBudgetException.class,
                () -> ledger.hold(order("edit-poor", "poor", "poor", "1.000000001")));
        assertThat(refusal.owner()).isEqualTo("key:poor");
        assertThat(transactions()).isEqualTo(transactions);
        assertThat(stored.number("SELECT COUNT(*) FROM edits WHERE id = 'edit-poor'")).isZero();
        ledger.hold(order("edit-poor", "poor", "poor", "1"));
        refusal = catchThrowableOfType(InsufficientBudgetException.class,
                () -> ledger.hold(order("edit-poor-2", "poor-2", "poor", "1.1")));
        assertThat(refusal.owner()).isEqualTo("group:poor");
        assertThat(ledger.budget("key:poor-2")).isEmpty();
    }

    @Test
    void aFreeEditHoldsAndCostsNothing() throws SQLException {
        Orders.fund(database, "key:free", money("1"), "a present");
        Orders.fund(database, "key:free", money("-1"), "taken back");
        long transactions = transactions();
        ledger.hold(free("edit-free", "free", "free", "3"));
        assertThat(ledger.settle("edit-free", images(1), money("2"))).isEqualTo(Money.ZERO);
        assertThat(transactions()).isEqualTo(transactions);
        assertBudget("key:free", true, "0", "0", "0");
        assertThat(edit("free").free()).isTrue();
        assertThat(edit("free").state()).isEqualTo(HoldState.SETTLED);
        assertThat(edit("free").cost()).isEqualTo(Money.ZERO);
        assertThat(edit("free").delivered().images()).isEqualTo(1);
    }

    @Test
    void anEditThatHoldsNothingMayStillCostSomething() throws SQLException {
        long before = transactions();
        ledger.hold(order("edit-zero", "zero", "zero", "0"));
        assertThat(transactions()).isEqualTo(before);
        ledger.settle("edit-zero", images(1), money("0.1"));
        assertBudget("key:zero", false, "-0.1", "0", "0.1");
        ledger.hold(order("edit-zero-2", "zero", "zero", "0.5"));
        assertThat(ledger.settle("edit-zero-2", images(1), Money.ZERO)).isEqualTo(Money.ZERO);
        assertBudget("key:zero", false, "-0.1", "0", "0.1");
    }

    @Test
    void rejectsImpossibleArguments() {
        ledger.hold(order("edit-odd", "odd", "odd", "1"));
        assertThatThrownBy(() -> ledger.settle("edit-odd", images(0), money("1")))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> ledger.settle("edit-odd", images(1), money("-1")))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> ledger.settle("edit-unknown", images(1), money("1")))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Orders.fund(database, "key:odd", Money.ZERO, "nothing"))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> order("edit", "odd", "odd", "-1")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> ledger.hold(order("edit-odd", "odd", "odd", "1"))).as("the same edit again")
                .isInstanceOf(RuntimeException.class);
        ledger.release("edit-unknown", "never held");
        ledger.markUndecided("edit-unknown", "never held");
        assertBudget("key:odd", false, "-1", "1", "0");
    }

    /** SQLite would go on in floating point. */
    @Test
    void writesNothingIfASumOverflows() {
        Orders.fund(database, "key:rich", new Money(Long.MAX_VALUE), "a lot");
        assertThatThrownBy(() -> Orders.fund(database, "key:rich", new Money(1), "too much"))
                .isInstanceOf(ArithmeticException.class);
        assertThat(ledger.budget("key:rich").orElseThrow().available()).isEqualTo(new Money(Long.MAX_VALUE));
    }

    @Test
    void fundingLimits() {
        assertThat(ledger.budget("key:limits")).isEmpty();
        Orders.fund(database, "key:limits", money("2"), "a present");
        Orders.fund(database, "key:limits", money("-0.5"), "taken back");
        assertBudget("key:limits", true, "1.5", "0", "0");
        ledger.hold(order("edit-limits", "limits", "limits", "1.5"));
        assertBudget("key:limits", true, "0", "1.5", "0");
        assertThatThrownBy(() -> ledger.hold(order("edit-limits-2", "limits", "limits", "0.1")))
                .isInstanceOf(InsufficientBudgetException.class);
        assertThat(ledger.budgets()).extracting(Budget::owner).contains("key:limits", "group:limits").isSorted();
    }
}
