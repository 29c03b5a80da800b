package dev.retouch.server.billing;

import java.math.BigDecimal;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

import dev.retouch.server.billing.CorrectionRefusedException.Reason;
import dev.retouch.server.database.Database;
import dev.retouch.server.database.Instance;
import dev.retouch.server.database.TestDatabase;
import dev.retouch.server.database.TestDatabases;
import dev.retouch.server.fixture.ManualClock;
import dev.retouch.server.key.Administration;
import dev.retouch.server.key.GroupChange;
import dev.retouch.server.key.KeyRepository;
import dev.retouch.server.key.NewGroup;

import static dev.retouch.server.billing.Orders.free;
import static dev.retouch.server.billing.Orders.images;
import static dev.retouch.server.billing.Orders.money;
import static dev.retouch.server.billing.Orders.order;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

@ParameterizedClass
@EnumSource(TestDatabases.Kind.class)
@Tag("slow")
class CorrectionServiceTest {

    private final TestDatabase stored;
    private final Database database;
    private final ManualClock clock = ManualClock.atSomeTime();
    private final Ledger ledger;
    private final CorrectionService corrections;
    private final EditRepository edits;
    private final Administration administration;

    CorrectionServiceTest(TestDatabases.Kind kind) {
        this.stored = TestDatabases.fresh(kind);
        this.database = stored.open();
        this.ledger = new Ledger(database, clock, "inst_test");
        this.corrections = new CorrectionService(database, ledger, clock);
        this.edits = new EditRepository(database);
        this.administration = new Administration(new KeyRepository(database), clock, _ -> true, _ -> true,
                new BudgetAccounts(clock));
        administration.createGroup(new NewGroup("team", GroupChange.NONE, new BigDecimal("10")));
        clock.advance(Duration.ofSeconds(1));
    }

    @AfterEach
    void close() {
        assertThat(new LedgerVerifier(database).verify().findings()).isEmpty();
        stored.close();
    }

    private void undecided(String id) {
        ledger.hold(order(id, "k", "team", "2"));
        ledger.markUndecided(id, "connection lost");
    }

    private void settled(String id, String cost) {
        ledger.hold(order(id, "k", "team", "2"));
        ledger.settle(id, images(1), money(cost));
    }

    private boolean settle(String id, @Nullable String amount) {
        return corrections.settle(Optional.empty(), id, amount == null ? null : money(amount), "by hand");
    }

    private LedgerEdit edit(String id) {
        return edits.edit(id).orElseThrow();
    }

    private Budget team() {
        return ledger.budget("group:team").orElseThrow();
    }

    private static void assertRefused(Runnable correction, Reason reason, String message) {
        assertThatThrownBy(correction::run).isInstanceOfSatisfying(CorrectionRefusedException.class, refusal -> {
            assertThat(refusal.reason()).isEqualTo(reason);
            assertThat(refusal).hasMessageContaining(message);
        });
    }

    @Test
    void undecidedEditIsSettledWithAmountOrHold() {
        undecided("part");
        undecided("whole");
        settle("part", "0.5");
        settle("whole", null);
        assertThat(edit("part")).returns(HoldState.SETTLED, LedgerEdit::state).returns(money("0.5"), LedgerEdit::cost)
                .returns("by hand", LedgerEdit::note);
        assertThat(edit("whole").cost()).isEqualTo(money("2"));
        assertThat(team()).isEqualTo(new Budget("group:team", true, money("7.5"), Money.ZERO, money("2.5")));
    }

    @Test
    void amountIsAboveZeroAndAtMostTheHold() {
        undecided("edit");
        for (String amount : List.of("2.000000001", "0", "-1")) {
            assertRefused(() -> settle("edit", amount), Reason.AMOUNT, "at most the hold of the edit, 2");
        }
        assertThat(edit("edit").state()).isEqualTo(HoldState.UNDECIDED);
    }

    @Test
    void undecidedEditIsReleased() {
        undecided("edit");
        corrections.release(Optional.empty(), "edit", "");
        assertThat(edit("edit")).returns(HoldState.RELEASED, LedgerEdit::state)
                .returns("released by an administrator", LedgerEdit::note);
        assertThat(team()).isEqualTo(new Budget("group:team", true, money("10"), Money.ZERO, Money.ZERO));
    }

    @Test
    void editsThatAreNotUndecidedAreNotTouched() {
        ledger.hold(order("held", "k", "team", "2"));
        settled("settled", "1");
        assertRefused(() -> settle("held", null), Reason.STATE, "'held', not undecided");
        assertRefused(() -> corrections.release(Optional.empty(), "settled", ""), Reason.STATE, "'settled'");
        assertRefused(() -> settle("nothing", null), Reason.UNKNOWN, "no such edit");
        assertRefused(() -> corrections.refund("r", "held", null, ""), Reason.STATE, "no charge left");
    }

    @Test
    void refundsTogetherAreAtMostTheCost() throws SQLException {
        settled("edit", "1");
        corrections.refund("r-1", "edit", money("0.3"), "broken");
        assertRefused(() -> corrections.refund("r-2", "edit", money("0.8"), ""), Reason.AMOUNT, "0.7");
        assertThat(corrections.refund("r-1", "edit", money("0.3"), "broken")).as("replayed").isTrue();
        assertThat(edit("edit")).returns(money("1"), LedgerEdit::cost).returns(money("0.3"), LedgerEdit::refunded);
        corrections.refund("r-3", "edit", null, "");
        assertThat(edit("edit").refunded()).isEqualTo(money("1"));
        assertRefused(() -> corrections.refund("r-4", "edit", null, ""), Reason.STATE, "no charge left");
        assertThat(team()).isEqualTo(new Budget("group:team", true, money("10"), Money.ZERO, Money.ZERO));
        assertThat(edits.transactions("edit")).extracting(EditRepository.Transaction::kind)
                .containsExactly("hold", "settle", "refund", "refund");
        assertThat(stored.number("SELECT refunded FROM usage_days")).isEqualTo(money("1").nanos());
        assertThatThrownBy(() -> corrections.refund("r-1", "edit", money("0.4"), "broken"))
                .isInstanceOf(RequestReusedException.class);
    }

    @Test
    void freeEditsCostNothingByHandEither() {
        ledger.hold(free("edit", "k", "team", "2"));
        ledger.markUndecided("edit", "connection lost");
        assertRefused(() -> settle("edit", "1"), Reason.AMOUNT, "0");
        settle("edit", null);
        assertThat(edit("edit")).returns(HoldState.SETTLED, LedgerEdit::state).returns(Money.ZERO, LedgerEdit::cost);
        assertRefused(() -> corrections.refund("r", "edit", null, ""), Reason.STATE, "no charge left");
    }

    @Test
    void refundDoesNotReachAnotherGroupOfTheSameName() {
        settled("edit", "1");
        administration.deleteGroup("team");
        assertRefused(() -> corrections.refund("r", "edit", null, ""), Reason.STATE, "was deleted");
        clock.advance(Duration.ofSeconds(1));
        administration.createGroup(new NewGroup("team", GroupChange.NONE));
        assertRefused(() -> corrections.refund("r", "edit", null, ""), Reason.STATE, "was deleted");
        clock.advance(Duration.ofSeconds(1));
        settled("new", "1");
        corrections.refund("r", "new", null, "");
        assertThat(team().spent()).isEqualTo(Money.ZERO);
    }

    /** Every edit has exactly one end, the first that is written. */
    @Test
    void administratorReconciliationAndLateResultsDoNotInterfere() throws InterruptedException {
        List<Callable<Boolean>> all = new ArrayList<>();
        Instance instance = Instance.timedBy(database, clock, Duration.ofSeconds(10));
        Reconciliation reconciliation = new Reconciliation(database, ledger, instance,
                new Reconciliation.Settings(Duration.ofMinutes(10), HoldPolicy.CHARGE));
        for (int i = 0; i < 4; i++) {
            undecided("edit-" + i);
        }
        clock.advance(Duration.ofMinutes(11));
        for (int i = 0; i < 4; i++) {
            String id = "edit-" + i;
            all.add(() -> won(() -> settle(id, "0.5")));
            all.add(() -> won(() -> corrections.release(Optional.empty(), id, "")));
            all.add(() -> won(() -> ledger.settle(id, images(1), money("0.25"))));
        }
        all.add(3, () -> won(reconciliation::run));
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            threads.invokeAll(all).forEach(Future::resultNow);
        }
        for (int i = 0; i < 4; i++) {
            assertThat(edits.transactions("edit-" + i)).extracting(EditRepository.Transaction::kind).hasSize(2)
                    .startsWith("hold");
        }
        assertThat(team().held()).isEqualTo(Money.ZERO);
    }

    private static boolean won(Runnable end) {
        try {
            end.run();
            return true;
        } catch (CorrectionRefusedException e) {
            return false;
        }
    }

    @Test
    void concurrentRefundsNeverExceedTheCost() throws InterruptedException {
        settled("edit", "1");
        List<Callable<Boolean>> refunds = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            String id = "r-" + i;
            refunds.add(() -> won(() -> corrections.refund(id, "edit", money("0.3"), "")));
        }
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            assertThat(threads.invokeAll(refunds).stream().filter(Future::resultNow).count()).isEqualTo(3);
        }
        assertThat(edit("edit").refunded()).isEqualTo(money("0.9"));
    }
}
