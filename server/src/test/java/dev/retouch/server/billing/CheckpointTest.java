package dev.retouch.server.billing;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

import dev.retouch.server.billing.LedgerVerifier.Report;
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
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** Verifications that begin after a checkpoint. */
@ParameterizedClass
@EnumSource(TestDatabases.Kind.class)
@Tag("slow")
class CheckpointTest {

    private final TestDatabases.Kind kind;
    private final TestDatabase stored;
    private final Database database;
    private final ManualClock clock = ManualClock.atSomeTime();
    private final Ledger ledger;
    private final LedgerVerifier verifier;
    private int edits;

    CheckpointTest(TestDatabases.Kind kind) {
        this.kind = kind;
        this.stored = TestDatabases.fresh(kind);
        this.database = stored.open();
        this.ledger = new Ledger(database, clock, "inst_test");
        this.verifier = new LedgerVerifier(database);
    }

    @AfterEach
    void close() {
        stored.close();
    }

    private String settled() {
        String edit = "edit-" + edits++;
        ledger.hold(order(edit, "a", "g", "1"));
        ledger.settle(edit, images(1), money("0.25"));
        return edit;
    }

    private Report sound() {
        Report report = verifier.verify();
        assertThat(report.findings()).isEmpty();
        return report;
    }

    private long checkpoints() throws SQLException {
        return stored.number("SELECT COUNT(*) FROM ledger_checkpoints");
    }

    @Test
    void readsOnlyWhatCameLater() throws SQLException {
        for (int i = 0; i < 20; i++) {
            settled();
        }
        assertThat(sound().after()).isNull();
        clock.advance(Duration.ofHours(1));
        settled();
        Report rest = sound();
        assertThat(rest.after()).isEqualTo(40);
        assertThat(rest.transactions()).isEqualTo(2);
        clock.advance(Duration.ofHours(1));
        settled();
        Report last = sound();
        assertThat(last.transactions()).isEqualTo(2);
        assertThat(last.entries()).isEqualTo(10);
        assertThat(last.edits()).as("the new one, and those of the minute before the checkpoint").isEqualTo(2);
        assertThat(checkpoints()).isEqualTo(3);
        assertThat(sound().transactions()).isZero();
        assertThat(checkpoints()).as("nothing is new").isEqualTo(3);
        Report all = verifier.verifyAll();
        assertThat(all.findings()).isEmpty();
        assertThat(all.transactions()).isEqualTo(44);
    }

    /** An edit may be open for longer than the time between two verifications, and a refund may come at any time. */
    @Test
    void readsOlderEditsThatHaveChanged() throws SQLException {
        String refunded = settled();
        ledger.hold(order("long", "a", "g", "1"));
        ledger.hold(free("free", "a", "g", "1"));
        sound();
        clock.advance(Duration.ofHours(1));
        settled();
        sound();
        clock.advance(Duration.ofHours(1));
        ledger.settle("long", images(1), money("0.5"));
        ledger.release("free", "no image");
        new CorrectionService(database, ledger, clock).refund("r", refunded, money("0.2"), "");
        stored.execute("UPDATE edits SET cost = cost + 1 WHERE id = 'long'");
        stored.execute("UPDATE edits SET cost = 7 WHERE id = 'free'");
        stored.execute("UPDATE edits SET refunded = refunded + 100000000 WHERE id = '" + refunded + "'");
        assertThat(verifier.verify().findings()).contains(
                "transaction 6 of kind 'settle' does not fit edit long with 1 held and a cost of 0.500000001",
                "edit free is 'released' and costs 0.000000007", "edit " + refunded
                        + " says 0.3 refunded, and its refunds add up to 0.2");
        assertThat(checkpoints()).as("none after findings").isEqualTo(2);
    }

    @Test
    void wholeVerificationFindsWhatWasChangedBeforeTheCheckpoint() throws SQLException {
        settled();
        sound();
        clock.advance(Duration.ofHours(1));
        settled();
        sound();
        stored.unlockLedger();
        stored.execute("UPDATE ledger_entries SET amount = amount + 1 WHERE transaction_id = 2 AND owner = 'key:a'"
                + " AND account = 'spent'");
        assertThat(verifier.verify().findings()).as("not read").isEmpty();
        assertThat(verifier.verifyAll().findings()).contains(
                "the entries of transaction 2 for key:a add up to 0.000000001 instead of 0",
                "checkpoint 1 says 0.25 spent of key:a, and the transactions add up to 0.250000001",
                "checkpoint 2 says 0.5 spent of key:a, and the transactions add up to 0.500000001");
    }

    @Test
    void changedCheckpointIsFoundAndNotUsed() throws SQLException {
        settled();
        sound();
        stored.unlockLedger();
        stored.execute("UPDATE ledger_checkpoint_balances SET amount = '250000001' WHERE account = 'spent'");
        Report report = verifier.verify();
        assertThat(report.after()).as("the whole ledger").isNull();
        assertThat(report.findings()).containsExactly("checkpoint 1 is not as it was written");
    }

    @Test
    void changedBudgetIsFound() throws SQLException {
        settled();
        sound();
        clock.advance(Duration.ofHours(1));
        stored.execute("UPDATE budgets SET spent = spent + 1 WHERE owner = 'key:a'");
        assertThat(verifier.verify().findings()).containsExactly(
                "the budget of key:a says 0.250000001 spent, and the transactions add up to 0.25");
    }

    @Test
    void checkpointsAreAppendOnly() throws SQLException {
        settled();
        sound();
        for (String attempt : List.of("UPDATE ledger_checkpoints SET transaction_id = 0",
                "DELETE FROM ledger_checkpoint_balances", "UPDATE ledger_checkpoint_balances SET amount = '0'")) {
            assertThatThrownBy(() -> database.write(handle -> handle.execute(attempt))).as(attempt)
                    .hasMessageContaining("append only");
        }
        for (int i = 0; i < 12; i++) {
            settled();
            sound();
        }
        assertThat(checkpoints()).as("the last ones").isEqualTo(10);
        assertThat(stored.number("SELECT COUNT(DISTINCT checkpoint_id) FROM ledger_checkpoint_balances")).isEqualTo(10);
    }

    /** Numbers are given before the commit: one that is not there may still come. */
    @Test
    void leavesNoCheckpointBeforeAWriterThatHasNotCommitted() throws SQLException {
        assumeTrue(kind == TestDatabases.Kind.POSTGRESQL, "SQLite has one writer");
        try (Connection slow = stored.raw(); Statement statement = slow.createStatement()) {
            slow.setAutoCommit(false);
            statement.execute("INSERT INTO ledger_transactions (kind, edit_id, created_at) VALUES ('hold', 'x', 0)");
            settled();
            sound();
            assertThat(checkpoints()).isZero();
            slow.commit();
        }
        assertThat(verifier.verify().findings()).contains("transaction 1 has no entries");
    }
}
