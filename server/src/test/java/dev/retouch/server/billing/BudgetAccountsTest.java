package dev.retouch.server.billing;

import java.math.BigDecimal;
import java.sql.SQLException;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

import dev.retouch.server.admission.AdmissionLimits;
import dev.retouch.server.database.Database;
import dev.retouch.server.database.TestDatabase;
import dev.retouch.server.database.TestDatabases;
import dev.retouch.server.fixture.ManualClock;
import dev.retouch.server.key.Administration;
import dev.retouch.server.key.AdministrationException;
import dev.retouch.server.key.Group;
import dev.retouch.server.key.GroupChange;
import dev.retouch.server.key.KeyRepository;
import dev.retouch.server.key.NewGroup;
import dev.retouch.server.key.NewKey;

import static dev.retouch.server.billing.Orders.images;
import static dev.retouch.server.billing.Orders.money;
import static dev.retouch.server.billing.Orders.order;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Budgets begin and end with their owners. */
@ParameterizedClass
@EnumSource(TestDatabases.Kind.class)
@Tag("slow")
class BudgetAccountsTest {

    private static final String OWNER = BudgetOwner.ofGroup("team");

    private final TestDatabase stored;
    private final Database database;
    private final Ledger ledger;
    private final Administration administration;

    BudgetAccountsTest(TestDatabases.Kind kind) {
        this.stored = TestDatabases.fresh(kind);
        this.database = stored.open();
        ManualClock clock = ManualClock.atSomeTime();
        this.ledger = new Ledger(database, clock, "inst_test");
        this.administration = new Administration(new KeyRepository(database), clock, _ -> true, _ -> true,
                new BudgetAccounts(clock));
    }

    @AfterEach
    void close() {
        assertThat(new LedgerVerifier(database).verify().findings()).isEmpty();
        stored.close();
    }

    private void create(String budget) {
        administration.createGroup(new NewGroup("team", GroupChange.NONE, new BigDecimal(budget)));
    }

    @Test
    void groupIsCreatedWithItsBudget() {
        create("5");
        assertThat(ledger.budget(OWNER).orElseThrow()).isEqualTo(
                new Budget(OWNER, true, money("5"), Money.ZERO, Money.ZERO));
        String key = administration
                .createKey(new NewKey("team", "", null, AdmissionLimits.NONE, new BigDecimal("2"))).key().id();
        assertThat(ledger.budget(BudgetOwner.ofKey(key)).orElseThrow().available()).isEqualTo(money("2"));
    }

    /** With two transactions, a group without a limit would be left. */
    @Test
    void neitherGroupNorKeyIsLeftIfItsBudgetCannotBeBooked() throws SQLException {
        stored.execute("ALTER TABLE ledger_entries RENAME TO ledger_entries_away");
        assertThatThrownBy(() -> create("5")).isInstanceOf(RuntimeException.class);
        administration.createGroup(new NewGroup("other", GroupChange.NONE));
        assertThatThrownBy(() -> administration
                .createKey(new NewKey("other", "", null, AdmissionLimits.NONE, new BigDecimal("2"))))
                .isInstanceOf(RuntimeException.class);
        stored.execute("ALTER TABLE ledger_entries_away RENAME TO ledger_entries");

        assertThat(administration.groups()).extracting(Group::name).containsExactly("other");
        assertThat(administration.keys()).isEmpty();
        assertThat(ledger.budget(OWNER)).isEmpty();
        create("5");
    }

    @Test
    void groupOfTheSameNameBeginsAtZero() {
        create("5");
        ledger.hold(order("edit", "k", "team", "2"));
        ledger.settle("edit", images(1), money("1.5"));
        administration.deleteGroup("team");
        assertThat(ledger.budget(OWNER).orElseThrow()).isEqualTo(
                new Budget(OWNER, false, Money.ZERO, Money.ZERO, Money.ZERO));

        administration.createGroup(new NewGroup("team", GroupChange.NONE));
        assertThat(ledger.budget(OWNER).orElseThrow()).isEqualTo(
                new Budget(OWNER, false, Money.ZERO, Money.ZERO, Money.ZERO));
        administration.deleteGroup("team");
        create("3");
        assertThat(ledger.budget(OWNER).orElseThrow()).isEqualTo(
                new Budget(OWNER, true, money("3"), Money.ZERO, Money.ZERO));
    }

    @Test
    void nameIsTakenWhileEditsOfDeletedGroupHaveNotEnded() {
        create("5");
        ledger.hold(order("edit", "k", "team", "2"));
        administration.deleteGroup("team");
        assertThatThrownBy(() -> create("7")).isInstanceOfSatisfying(AdministrationException.class,
                refusal -> assertThat(refusal.kind()).isEqualTo(AdministrationException.Kind.CONFLICT))
                .hasMessageContaining("have not ended");
        assertThat(administration.groups()).isEmpty();

        ledger.settle("edit", images(1), money("1"));
        create("7");
        assertThat(ledger.budget(OWNER).orElseThrow()).isEqualTo(
                new Budget(OWNER, true, money("7"), Money.ZERO, Money.ZERO));
    }
}
