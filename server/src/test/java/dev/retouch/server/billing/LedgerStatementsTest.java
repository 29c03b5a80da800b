package dev.retouch.server.billing;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.retouch.server.database.Database;
import dev.retouch.server.database.TestDatabase;
import dev.retouch.server.database.TestDatabases;
import dev.retouch.server.exchange.DurableEdit.Claim;
import dev.retouch.server.fixture.ManualClock;

import static dev.retouch.server.billing.Orders.free;
import static dev.retouch.server.billing.Orders.images;
import static dev.retouch.server.billing.Orders.money;
import static dev.retouch.server.billing.Orders.order;
import static org.assertj.core.api.Assertions.assertThat;

/** SQLite one by one, SQLite in groups and PostgreSQL in groups: the same outcomes, and the same rows. */
@Tag("slow")
class LedgerStatementsTest {

    private static final String INSTANCE = "inst_test";
    private static final List<EditEnd.Kind> KINDS = List.copyOf(EnumSet.allOf(EditEnd.Kind.class));

    private final ManualClock clock = ManualClock.atSomeTime();
    private TestDatabase postgres;
    private TestDatabase sqlite;
    private TestDatabase sqliteOfGroups;
    private Database grouped;
    private Database single;
    private Database together;
    private LedgerStatements inGroups;
    private LedgerStatements inProcess;

    @BeforeEach
    void open() {
        postgres = TestDatabases.fresh(TestDatabases.Kind.POSTGRESQL);
        sqlite = TestDatabases.fresh(TestDatabases.Kind.SQLITE);
        sqliteOfGroups = TestDatabases.fresh(TestDatabases.Kind.SQLITE);
        grouped = postgres.open();
        single = sqlite.open();
        together = sqliteOfGroups.open();
        inGroups = new PostgresLedgerStatements(clock, INSTANCE);
        inProcess = new SqliteLedgerStatements(clock, INSTANCE, new LedgerTables(clock));
    }

    @AfterEach
    void close() {
        assertThat(new LedgerVerifier(grouped).verify().findings()).isEmpty();
        assertThat(new LedgerVerifier(single).verify().findings()).isEmpty();
        assertThat(new LedgerVerifier(together).verify().findings()).isEmpty();
        databases().forEach(TestDatabase::close);
    }

    private List<TestDatabase> databases() {
        return List.of(postgres, sqlite, sqliteOfGroups);
    }

    private void fund(String owner, String amount) {
        Orders.fund(grouped, owner, money(amount), "a present");
        Orders.fund(single, owner, money(amount), "a present");
        Orders.fund(together, owner, money(amount), "a present");
    }

    private List<HoldOutcome> hold(List<HoldRequest> requests) {
        List<HoldOutcome> outcomes = grouped.writeStatement(handle -> inGroups.hold(handle, requests));
        List<HoldOutcome> expected = new ArrayList<>();
        for (HoldRequest request : requests) {
            expected.addAll(single.<List<HoldOutcome>>write(handle -> inProcess.hold(handle, List.of(request))));
        }
        assertThat(outcomes).isEqualTo(expected);
        assertThat(together.<List<HoldOutcome>>write(handle -> inProcess.hold(handle, requests))).isEqualTo(expected);
        return outcomes;
    }

    private List<EditEnd.Outcome> end(List<EditEnd> ends) {
        List<EditEnd.Outcome> outcomes = grouped.writeStatement(handle -> inGroups.end(handle, ends));
        List<EditEnd.Outcome> expected = new ArrayList<>();
        for (EditEnd end : ends) {
            expected.addAll(single.<List<EditEnd.Outcome>>write(handle -> inProcess.end(handle, List.of(end))));
        }
        assertThat(outcomes).isEqualTo(expected);
        assertThat(together.<List<EditEnd.Outcome>>write(handle -> inProcess.end(handle, ends))).isEqualTo(expected);
        return outcomes;
    }

    private void endAndHold(List<EditEnd> ends, List<HoldRequest> requests) {
        List<LedgerWrite.Outcome> outcomes = grouped
                .writeStatement(handle -> inGroups.endAndHold(handle, ends, requests));
        for (Database database : List.of(single, together)) {
            assertThat(outcomes).isEqualTo(
                    database.<List<LedgerWrite.Outcome>>write(handle -> inProcess.endAndHold(handle, ends, requests)));
        }
    }

    private void assertSameRows() throws SQLException {
        for (String query : List.of("SELECT * FROM budgets", "SELECT * FROM edits", """
                SELECT t.kind, t.edit_id, t.created_at, t.note, n.owner, n.account, n.amount
                FROM ledger_transactions t JOIN ledger_entries n ON n.transaction_id = t.id""")) {
            assertSameRows(query);
        }
    }

    private void assertSameRows(String query) throws SQLException {
        List<List<String>> rows = rows(postgres, query);
        assertThat(rows).as(query).isNotEmpty().isEqualTo(rows(sqlite, query))
                .isEqualTo(rows(sqliteOfGroups, query));
    }

    private static List<List<String>> rows(TestDatabase stored, String query) throws SQLException {
        List<List<String>> rows = new ArrayList<>();
        try (Connection connection = stored.raw();
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(query)) {
            while (result.next()) {
                List<String> row = new ArrayList<>();
                for (int column = 1; column <= result.getMetaData().getColumnCount(); column++) {
                    row.add(result.getMetaData().getColumnName(column) + "=" + result.getString(column));
                }
                row.sort(null); // migrations may have added columns in another order
                rows.add(row);
            }
        }
        rows.sort(Comparator.comparing(List::toString)); // databases sort nulls and letters in different orders
        return rows;
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void randomGroupsHaveTheSameOutcomesAndRows(long seed) throws SQLException {
        Random random = new Random(seed);
        int edits = 0;
        for (int round = 0; round < 60; round++) {
            if (random.nextInt(6) == 0) {
                fund((random.nextBoolean() ? "key:key-" : "group:group-") + random.nextInt(3),
                        random.nextInt(4) == 0 ? "-0.5" : "3.25");
            }
            List<HoldRequest> holds = new ArrayList<>();
            for (int i = random.nextInt(8); i >= 0; i--) {
                boolean again = edits > 5 && random.nextInt(10) == 0;
                String id = "edit-" + (again ? random.nextInt(edits - 4) : edits++);
                holds.add(
                        new HoldRequest(id, "key-" + random.nextInt(4), "group-" + random.nextInt(2), "a-model", "USD",
                                "1", random.nextInt(7) == 0, 1 + random.nextInt(3),
                                new Money(random.nextInt(5) == 0 ? 0 : random.nextInt(1_500_000_000))));
            }
            List<String> ids = new ArrayList<>();
            List<HoldRequest> requests = holds.stream()
                    .filter(request -> !ids.contains(request.editId()) && ids.add(request.editId())).toList();
            List<EditEnd> ends = randomEnds(random, edits);
            if (random.nextBoolean()) {
                endAndHold(ends.stream().filter(end -> !ids.contains(end.editId())).toList(), requests);
            } else {
                hold(requests);
                end(ends);
            }
            clock.advance(Duration.ofSeconds(1));
        }
        assertSameRows();
        assertSameRows("SELECT * FROM edit_upstream_ids");
    }

    /** A plan that was made for a small table must not read the whole table when it has grown. */
    @Test
    void postgresFindsEditsAndBudgetsByTheirKeys() {
        List<HoldRequest> requests = IntStream.range(0, 20).mapToObj(i -> order("edit-" + i, "key-" + i, "group", "1"))
                .toList();
        hold(requests);
        List<EditEnd> ends = requests.stream().map(request -> EditEnd.release(request.editId(), "no image")).toList();
        long scanned = grouped.write(handle -> {
            handle.execute("ANALYZE edits, budgets");
            inGroups.endAndHold(handle, ends, List.of(order("another", "key-1", "group", "1")));
            return handle.createQuery("""
                    SELECT SUM(seq_scan) FROM pg_stat_xact_user_tables WHERE relname IN ('edits', 'budgets')""")
                    .mapTo(Long.class).one();
        });
        for (Database database : List.of(single, together)) {
            database.write(
                    handle -> inProcess.endAndHold(handle, ends, List.of(order("another", "key-1", "group", "1"))));
        }
        assertThat(scanned).isZero();
    }

    private static List<EditEnd> randomEnds(Random random, int edits) {
        List<EditEnd> ends = new ArrayList<>();
        List<String> ids = new ArrayList<>();
        for (int i = random.nextInt(8); i >= 0; i--) {
            String id = "edit-" + random.nextInt(edits + 2);
            EditEnd.Kind kind = KINDS.get(random.nextInt(KINDS.size()));
            if (ids.contains(id)) {
                continue;
            }
            ids.add(id);
            EditEnd end = kind == EditEnd.Kind.SETTLE || kind == EditEnd.Kind.SETTLE_UNDECIDED
                    ? new EditEnd(id, kind, images(1 + random.nextInt(3)), new Money(random.nextInt(2_000_000_000)),
                            null, null)
                    : EditEnd.of(id, kind, "note " + i);
            ends.add(end.with(randomReport(random)));
        }
        return ends;
    }

    /** With no, one or several ids; some of them are those of another edit, or of an earlier report. */
    private static Optional<EndReport> randomReport(Random random) {
        List<String> ids = random.ints(random.nextInt(4), 0, 60).mapToObj(number -> "req_" + number).distinct()
                .toList();
        return random.nextInt(3) == 0
                ? Optional.empty()
                : Optional.of(new EndReport("{\"attempts\":[],\"warning\":\"" + random.nextInt() + "\"}", ids));
    }

    /** More transactions, entries and budgets than one statement writes. */
    @Test
    void largeGroupsHaveTheSameOutcomesAndRows() throws SQLException {
        List<HoldRequest> requests = IntStream.range(0, 75)
                .mapToObj(i -> order("edit-" + i, "key-" + i, "group-" + i % 40, "0.25")).toList();
        hold(requests);
        end(requests.stream().map(request -> EditEnd.settle(request.editId(), images(1), money("0.2"), null)).toList());
        assertSameRows();
    }

    @Test
    void aRefusedItemDoesNotAffectItsGroup() throws SQLException {
        fund("key:poor", "1");
        hold(List.of(order("known", "rich", "g", "0.25")));
        assertThat(hold(List.of(order("first", "poor", "g", "0.75"), order("too-much", "poor", "g", "0.5"),
                order("known", "rich", "g", "1"), order("rest", "poor", "g", "0.25"), free("nothing", "poor", "g", "9"),
                order("huge", "rich", "g", "1").under(new Claim("rich", "no-such-claim")))))
                .containsExactly(new HoldOutcome.Held(), new HoldOutcome.Insufficient("key:poor", money("0.25")),
                        new HoldOutcome.Duplicate(), new HoldOutcome.Held(), new HoldOutcome.Held(),
                        new HoldOutcome.ClaimLost());
        assertThat(end(List.of(EditEnd.of("no-such-edit", EditEnd.Kind.RELEASE, "never held"),
                new EditEnd("first", EditEnd.Kind.SETTLE, images(1), money("0.5"), null, null),
                EditEnd.of("rest", EditEnd.Kind.UNDECIDED, "connection lost"))))
                .extracting(EditEnd.Outcome::result)
                .containsExactly(EditEnd.Result.UNKNOWN, EditEnd.Result.DONE, EditEnd.Result.DONE);
        assertSameRows();
    }

    @Test
    void amountsThatDoNotFitAreRefusedAlone() throws SQLException {
        Money most = new Money(Long.MAX_VALUE);
        assertThat(
                hold(List.of(request("all", most), request("one-more", new Money(2)), order("small", "b", "h", "1"))))
                .containsExactly(new HoldOutcome.Held(), new HoldOutcome.Overflow("key:a"), new HoldOutcome.Held());
        assertThat(end(List.of(new EditEnd("small", EditEnd.Kind.SETTLE, images(1), most, null, null))))
                .extracting(EditEnd.Outcome::result).containsExactly(EditEnd.Result.DONE);
        assertThat(hold(List.of(request("again", new Money(1)))).getFirst()).isInstanceOf(HoldOutcome.Overflow.class);
        assertSameRows();
    }

    private static HoldRequest request(String id, Money cost) {
        return new HoldRequest(id, "a", "g", "gpt-image-1", "USD", "2026-01", false, 1, cost);
    }

    private static final String CLAIM = """
            INSERT INTO edit_answers (account, idempotency_key, fingerprint, edit_id, instance, state, created_at,
                expires_at) VALUES ('a', '%s', 'f', '%s', 'i', '%s', 0, 1)""";

    /** A hold that arrives after its edit was withdrawn does not change the key of the edit. */
    @Test
    void aHoldOfAKnownEditDoesNotMarkItsClaim() throws SQLException {
        for (TestDatabase stored : databases()) {
            stored.execute(CLAIM.formatted("kept", "known", "running"));
        }
        hold(List.of(order("known", "a", "g", "1")));
        assertThat(hold(List.of(order("known", "a", "g", "1").under(new Claim("a", "kept")))))
                .containsExactly(new HoldOutcome.Duplicate());
        for (TestDatabase stored : databases()) {
            assertThat(stored.number("SELECT SUM(dispatched) FROM edit_answers")).isZero();
        }
    }

    @Test
    void aHoldNeedsItsClaim() throws SQLException {
        for (TestDatabase stored : databases()) {
            stored.execute(CLAIM.formatted("kept", "edit-kept", "running"));
            stored.execute(CLAIM.formatted("taken", "edit-other", "running"));
            stored.execute(CLAIM.formatted("ended", "edit-ended", "unknown"));
        }
        assertThat(hold(List.of(order("edit-kept", "a", "g", "1").under(new Claim("a", "kept")),
                order("edit-taken", "a", "g", "1").under(new Claim("a", "taken")),
                order("edit-ended", "a", "g", "1").under(new Claim("a", "ended")))))
                .containsExactly(new HoldOutcome.Held(), new HoldOutcome.ClaimLost(), new HoldOutcome.ClaimLost());
        assertSameRows();
    }
}
