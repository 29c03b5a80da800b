package dev.retouch.server.billing;

import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

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

/** Old edits are removed, and everything that adds up goes on adding up. */
@ParameterizedClass
@EnumSource(TestDatabases.Kind.class)
@Tag("slow")
class EditRetentionTest {

    private static final Duration KEEP = Duration.ofDays(30);
    /** More than a transaction removes. */
    private static final int MANY = 450;

    private final TestDatabase stored;
    private final Database database;
    private final ManualClock clock = ManualClock.atSomeTime();
    private final Ledger ledger;
    private final LedgerVerifier verifier;
    private final EditRetention retention;

    EditRetentionTest(TestDatabases.Kind kind) {
        this.stored = TestDatabases.fresh(kind);
        this.database = stored.open();
        this.ledger = new Ledger(database, clock, "inst_test");
        this.verifier = new LedgerVerifier(database);
        this.retention = new EditRetention(database, verifier, clock, KEEP);
    }

    @AfterEach
    void close() {
        stored.close();
    }

    private void settled(String edit) {
        ledger.hold(order(edit, "a", "g", "1"));
        ledger.settle(edit, images(1), money("0.25"));
    }

    private void assertSound() {
        assertThat(verifier.verifyAll().findings()).isEmpty();
        assertThat(verifier.verify().findings()).isEmpty();
    }

    private List<String> edits() {
        return database.read(
                handle -> handle.createQuery("SELECT id FROM edits ORDER BY id").mapTo(String.class).list());
    }

    /** What reports and budgets say. */
    private List<Long> figures() throws SQLException {
        return List.of(stored.number("SELECT SUM(settled + 1000 * released) FROM usage_days"),
                stored.number("SELECT SUM(cost) FROM usage_days"),
                stored.number("SELECT SUM(output_tokens) FROM usage_days"),
                stored.number("SELECT SUM(available - 3 * spent + 7 * held) FROM budgets"));
    }

    @Test
    void replacesOldEditsByTheirSums() throws SQLException {
        new FundingService(database, clock).fund(Optional.empty(), "key:a", money("1000"), "a present");
        for (int i = 0; i < MANY; i++) {
            settled("old-" + i);
        }
        ledger.hold(order("old-released", "a", "g", "1"));
        ledger.release("old-released", "no image");
        ledger.hold(free("old-free", "b", "g", "1"));
        ledger.settle("old-free", images(1), Money.ZERO);
        ledger.hold(order("old-undecided", "a", "g", "1"));
        ledger.markUndecided("old-undecided", "unknown");
        ledger.hold(order("old-repeated", "a", "g", "1"));
        ledger.write(EditEnd.release("old-repeated", "no image")
                .with(Optional.of(new EndReport("{}", List.of("req_1", "req_2")))));
        assertThat(stored.number("SELECT COUNT(*) FROM edit_upstream_ids")).isEqualTo(1);
        new CorrectionService(database, ledger, clock).refund("r", "old-0", money("0.1"), "");
        clock.advance(KEEP.plusDays(1));
        settled("new");
        List<Long> figures = figures();

        retention.run();

        assertThat(edits()).containsExactly("new", "old-undecided");
        assertThat(figures()).isEqualTo(figures);
        assertThat(stored.number("SELECT COUNT(*) FROM ledger_transactions")).as("fund, hold, hold and settle")
                .isEqualTo(4);
        assertThat(stored.number("SELECT edits FROM ledger_closing")).isEqualTo(MANY + 3);
        assertThat(stored.number("SELECT COUNT(*) FROM edit_upstream_ids")).isZero();
        assertThat(stored.number("SELECT active FROM ledger_closing")).isZero();
        assertSound();
        settled("newer");
        ledger.release("old-undecided", "no image");
        assertSound();
        assertThatThrownBy(
                () -> new CorrectionService(database, ledger, clock).refund("r2", "old-1", money("0.1"), ""))
                .isInstanceOf(CorrectionRefusedException.class).hasMessageContaining("there is no such edit");

        clock.advance(KEEP.plusDays(1));
        figures = figures();
        retention.run();
        assertThat(edits()).as("the one with the last transaction").containsExactly("old-undecided");
        assertThat(figures()).isEqualTo(figures);
        assertSound();
        settled("newest");
        assertSound();
    }

    @Test
    void removesNothingIfTheLedgerDoesNotAddUp() throws SQLException {
        settled("old");
        stored.execute("UPDATE budgets SET spent = spent + 1 WHERE owner = 'key:a'");
        clock.advance(KEEP.plusDays(1));
        retention.run();
        assertThat(edits()).containsExactly("old");
    }

    /** What is removed is still in the balances of the last checkpoint, so a sum that was changed is found. */
    @Test
    void changedSumsAreFound() throws SQLException {
        settled("old");
        clock.advance(KEEP.plusDays(1));
        settled("new");
        retention.run();
        assertThat(edits()).containsExactly("new");
        assertSound();
        stored.execute("UPDATE ledger_closing_balances SET amount = amount + 1 WHERE account = 'spent'");
        assertThat(verifier.verifyAll().findings()).contains(
                "checkpoint 1 says 0.5 spent of key:a, and the transactions add up to 0.500000001",
                "the budget of key:a says 0.5 spent, and the transactions add up to 0.500000001");
    }

    @Test
    void theLedgerStaysAppendOnly() {
        settled("old");
        clock.advance(KEEP.plusDays(1));
        settled("new");
        retention.run();
        assertThatThrownBy(() -> database.write(handle -> handle.execute("DELETE FROM ledger_entries")))
                .hasMessageContaining("append only");
    }
}
