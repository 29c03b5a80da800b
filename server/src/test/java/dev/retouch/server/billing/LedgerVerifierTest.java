package dev.retouch.server.billing;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;

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

@ParameterizedClass
@EnumSource(TestDatabases.Kind.class)
@Tag("slow")
class LedgerVerifierTest {

    private final TestDatabases.Kind kind;
    private final TestDatabase stored;
    private final Database database;
    private final Ledger ledger;

    LedgerVerifierTest(TestDatabases.Kind kind) {
        this.kind = kind;
        this.stored = TestDatabases.fresh(kind);
        this.database = stored.open();
        this.ledger = new Ledger(database, ManualClock.atSomeTime(), "inst_test");
    }

    @AfterEach
    void close() {
        stored.close();
    }

    private LedgerVerifier.Report verify() {
        return new LedgerVerifier(database).verifyAll();
    }

    /** The expected balances, computed independently of the ledger. */
    private static final class Paper {

        private final TreeMap<String, long[]> budgets = new TreeMap<>();

        void move(String owner, long available, long held, long spent) {
            long[] budget = budgets.computeIfAbsent(owner, _ -> new long[3]);
            budget[0] += available;
            budget[1] += held;
            budget[2] += spent;
        }

        void move(HoldRequest order, long available, long held, long spent) {
            move(BudgetOwner.ofKey(order.keyId()), available, held, spent);
            move(BudgetOwner.ofGroup(order.group()), available, held, spent);
        }

        List<List<Object>> all() {
            return budgets.entrySet().stream().map(budget -> List.<Object>of(budget.getKey(), budget.getValue()[0],
                    budget.getValue()[1], budget.getValue()[2])).toList();
        }
    }

    private boolean held(HoldRequest order, Paper paper) {
        try {
            ledger.hold(order);
        } catch (InsufficientBudgetException e) {
            return false;
        }
        if (!order.free()) {
            paper.move(order, -order.maxCost().nanos(), order.maxCost().nanos(), 0);
        }
        return true;
    }

    private void end(HoldRequest order, Random random, Paper paper) {
        long hold = order.hold().nanos();
        if (random.nextInt(4) == 0) {
            ledger.markUndecided(order.editId(), "nobody knows");
        }
        if (random.nextInt(4) == 0) {
            ledger.release(order.editId(), "no image");
            if (!order.free()) {
                paper.move(order, hold, -hold, 0);
            }
        } else {
            long cost = random.nextInt(12_000_000);
            ledger.settle(order.editId(), images(1), new Money(cost));
            if (!order.free()) {
                paper.move(order, hold - cost, -hold, cost);
            }
        }
    }

    @Test
    void balancesAfterRandomOperations() throws SQLException {
        assertBalancedAfterRandomOperations();
    }

    private void assertBalancedAfterRandomOperations() throws SQLException {
        Random random = new Random(42);
        Paper paper = new Paper();
        List<HoldRequest> open = new ArrayList<>();
        int edits = 0;
        for (int step = 0; step < 400; step++) {
            int dice = random.nextInt(20);
            if (dice == 0) {
                String owner = BudgetOwner.ofKey("key-" + random.nextInt(4));
                long amount = 1L + random.nextInt(100_000_000);
                Orders.fund(database, owner, new Money(random.nextInt(5) == 0 ? -amount : amount), "step " + step);
                long last = stored.number("SELECT SUM(amount) FROM ledger_entries WHERE account = 'available'"
                        + " AND transaction_id = (SELECT MAX(id) FROM ledger_transactions)");
                paper.move(owner, last, 0, 0);
            } else if (dice < 11 || open.isEmpty()) {
                int key = random.nextInt(4);
                HoldRequest order = new HoldRequest("edit-" + step, "key-" + key, "group-" + key % 2, "a-model", "USD",
                        "1",
                        random.nextInt(8) == 0, 1, new Money(random.nextInt(10_000_000)));
                if (held(order, paper)) {
                    open.add(order);
                    edits++;
                }
            } else {
                end(open.remove(random.nextInt(open.size())), random, paper);
            }
        }
        LedgerVerifier.Report report = verify();
        assertThat(report.findings()).isEmpty();
        assertThat(report.isSound()).isTrue();
        assertThat(report.edits()).isEqualTo(edits);
        assertThat(report.transactions()).isEqualTo(stored.number("SELECT COUNT(*) FROM ledger_transactions"))
                .isGreaterThan(150);
        assertThat(report.entries()).isEqualTo(stored.number("SELECT COUNT(*) FROM ledger_entries"));
        assertThat(ledger.budgets().stream().<List<Object>>map(budget -> List.of(budget.owner(),
                budget.available().nanos(), budget.held().nanos(), budget.spent().nanos())).toList())
                .containsExactlyInAnyOrderElementsOf(paper.all());
    }

    /** More rows than are read at a time. */
    @Test
    void pagesFitTogether() throws SQLException {
        database.write(handle -> {
            handle.execute(
                    "INSERT INTO budgets (owner, limited, available, held, spent) VALUES ('key:a', 1, 2500, 0, 0)");
            for (int i = 1; i <= 2500; i++) {
                handle.execute("INSERT INTO ledger_transactions (id, kind, created_at) VALUES (?, 'fund', 0)", i);
                handle.execute("INSERT INTO ledger_entries VALUES (?, 'key:a', 'funding', -1)", i);
                handle.execute("INSERT INTO ledger_entries VALUES (?, 'key:a', 'available', 1)", i);
            }
            return true;
        });
        for (int i = 0; i < 3; i++) {
            ledger.hold(order("edit-" + i, "b", "c", "1"));
        }
        LedgerVerifier.Report report = verify();
        assertThat(report.findings()).isEmpty();
        assertThat(report.transactions()).isEqualTo(2503);
        assertThat(report.entries()).isEqualTo(5012);
        stored.unlockLedger();
        stored.execute("DELETE FROM ledger_entries WHERE transaction_id = 2001");
        stored.execute("DELETE FROM ledger_transactions WHERE id = 2001");
        List<String> findings = new ArrayList<>(List.of(
                "the budget of key:a says 0.0000025 available, and the transactions add up to 0.000002499",
                "checkpoint 1 says 0.0000025 available of key:a, and the transactions add up to 0.000002499",
                "checkpoint 1 says -0.0000025 funding of key:a, and the transactions add up to -0.000002499"));
        if (kind == TestDatabases.Kind.SQLITE) { // a sequence of PostgreSQL may have gaps
            findings.add("the transactions between 2000 and 2002 are missing");
        }
        assertThat(verify().findings()).containsExactlyInAnyOrderElementsOf(findings);
    }

    private void someEdits() {
        Orders.fund(database, "key:a", money("10"), "a present");
        ledger.hold(order("edit-1", "a", "g", "1"));
        ledger.settle("edit-1", images(1), money("0.25"));
        ledger.hold(order("edit-2", "a", "g", "2"));
        ledger.release("edit-2", "no image");
        ledger.hold(order("edit-3", "a", "g", "3"));
        ledger.hold(free("edit-4", "a", "g", "3"));
        assertThat(verify().findings()).isEmpty();
    }

    private void assertFound(String tampering, String... problems) throws SQLException {
        stored.execute(tampering);
        assertThat(verify().findings()).as(tampering).contains(problems);
    }

    @Test
    void aChangedAmountIsFound() throws SQLException {
        someEdits();
        stored.unlockLedger();
        assertFound("UPDATE ledger_entries SET amount = amount + 1 WHERE transaction_id = 3 AND account = 'spent'"
                + " AND owner = 'key:a'",
                "the entries of transaction 3 for key:a add up to 0.000000001 instead of 0",
                "the budget of key:a says 0.25 spent, and the transactions add up to 0.250000001",
                "transaction 3 of kind 'settle' does not fit edit edit-1 with 1 held and a cost of 0.25");
    }

    @Test
    void changedRefundIsFound() throws SQLException {
        someEdits();
        new CorrectionService(database, ledger, ManualClock.atSomeTime()).refund("r", "edit-1", money("0.2"), "");
        assertThat(verify().findings()).isEmpty();
        assertFound("UPDATE edits SET refunded = refunded + 100000000 WHERE id = 'edit-1'",
                "edit edit-1 says 0.3 refunded, and its refunds add up to 0.2",
                "edit edit-1 is 'settled' with a cost of 0.25 and 0.3 refunded");
    }

    /** The table that reports read is kept by triggers. */
    @Test
    void usageByDayAddsUpToTheEdits() throws SQLException {
        assertBalancedAfterRandomOperations();
        assertThat(stored.number("SELECT SUM(settled + 1000 * released) FROM usage_days"))
                .isEqualTo(stored
                        .number("SELECT SUM(CASE state WHEN 'settled' THEN 1 WHEN 'released' THEN 1000 ELSE 0 END)"
                                + " FROM edits"))
                .isPositive();
        assertThat(stored.number("SELECT SUM(cost) FROM usage_days"))
                .isEqualTo(stored.number("SELECT SUM(cost) FROM edits"));
        assertThat(stored.number("SELECT SUM(output_tokens + 7 * images) FROM usage_days"))
                .isEqualTo(stored.number("SELECT SUM(output_tokens + 7 * images_delivered) FROM edits"));
    }

    @Test
    void anInventedTransactionIsFound() throws SQLException {
        someEdits();
        stored.execute(
                "INSERT INTO ledger_transactions (id, kind, edit_id, created_at) VALUES (7, 'settle', 'edit-9', 0)");
        assertFound("INSERT INTO ledger_transactions (id, kind, edit_id, created_at) VALUES (8, 'settle', 'edit-1', 0)",
                "transaction 7 is for edit edit-9, which does not exist", "transaction 7 has no entries",
                "edit edit-1 is 'settled' and has 2 transactions of kind 'settle' instead of 1");
        assertFound(
                "INSERT INTO ledger_transactions (id, kind, edit_id, created_at) VALUES (9, 'release', 'edit-3', 0)",
                "edit edit-3 is 'held' and has a transaction of kind 'release', which it must not have");
        assertFound("INSERT INTO ledger_transactions (id, kind, created_at) VALUES (10, 'hold', 0)",
                "transaction 10 is of kind 'hold' and has no edit");
        assertFound("INSERT INTO ledger_transactions (id, kind, edit_id, created_at) VALUES (11, 'hold', 'edit-4', 0)",
                "edit edit-4 is 'held' and has a transaction of kind 'hold', which it must not have");
    }

    @Test
    void aChangedEditIsFound() throws SQLException {
        someEdits();
        assertFound("UPDATE edits SET cost = 1 WHERE id = 'edit-1'",
                "transaction 3 of kind 'settle' does not fit edit edit-1 with 1 held and a cost of 0.000000001");
        assertFound("UPDATE edits SET state = 'settled' WHERE id = 'edit-2'",
                "edit edit-2 is 'settled' and has 0 transactions of kind 'settle' instead of 1");
        assertFound("UPDATE edits SET state = 'lost' WHERE id = 'edit-3'",
                "edit edit-3 is 'lost' with 3 held and a cost of 0, which is impossible",
                "the budget of key:a says 3 held, and the edits that have not ended add up to 0");
        assertFound("UPDATE edits SET cost = 5 WHERE id = 'edit-4'", "edit edit-4 is free and costs something",
                "edit edit-4 is 'held' and costs 0.000000005");
        assertFound("DELETE FROM edits WHERE id = 'edit-1'", "transaction 2 is for edit edit-1, which does not exist");
    }

    @Test
    void aChangedBudgetIsFound() throws SQLException {
        someEdits();
        assertFound("UPDATE budgets SET available = available + 1000000000 WHERE owner = 'key:a'",
                "the budget of key:a says 7.75 available, and the transactions add up to 6.75");
        assertFound("DELETE FROM budgets WHERE owner = 'group:g'", "the ledger has group:g, which has no budget");
    }

    @Test
    void listsOnlyTheFirstFindings() {
        database.write(handle -> {
            for (int i = 1; i <= 150; i++) {
                handle.execute("INSERT INTO ledger_transactions (id, kind, created_at) VALUES (?, 'fund', 0)", i);
            }
            return true;
        });
        assertThat(verify().findings()).hasSize(101).endsWith("there are 50 more findings");
    }
}
