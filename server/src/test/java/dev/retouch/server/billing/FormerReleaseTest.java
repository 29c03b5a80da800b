package dev.retouch.server.billing;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.ToLongFunction;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import dev.retouch.server.database.Database;
import dev.retouch.server.database.DirectSql;
import dev.retouch.server.database.TestDatabase;
import dev.retouch.server.database.TestDatabases;
import dev.retouch.server.fixture.ManualClock;

import static dev.retouch.server.billing.Orders.free;
import static dev.retouch.server.billing.Orders.money;
import static dev.retouch.server.billing.Orders.order;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * While instances are replaced one after the other, those of the former release end edits in a database that is already migrated. They
 * call the function without reports and ids of upstreams.
 */
@Tag("slow")
class FormerReleaseTest {

    /** The statement of the former release, and the types and order of its parameters. */
    private static final String FORMER_END = """
            SELECT outcome, final_cost FROM end_edits(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ORDER BY item""";
    private static final DeliveredUsage DELIVERED = new DeliveredUsage(2, 11, 3, 170, 40, 7, 1000);
    private static final List<EditEnd> ENDS = List.of(
            EditEnd.settle("settled", DELIVERED, money("0.25"), "a note"), EditEnd.release("released", "no image"),
            EditEnd.of("undecided", EditEnd.Kind.UNDECIDED, "connection lost"),
            EditEnd.settle("free", DELIVERED, money("0"), null), EditEnd.release("unknown", "never held"));
    private static final List<EditEnd> LATER = List.of(EditEnd.release("settled", "too late"),
            EditEnd.of("undecided", EditEnd.Kind.CHARGE_UNDECIDED, "nobody knows"));

    private final ManualClock clock = ManualClock.atSomeTime();
    private TestDatabase former;
    private TestDatabase present;
    private Database formerDatabase;
    private Database presentDatabase;
    private LedgerStatements statements;

    @BeforeEach
    void open() {
        former = TestDatabases.fresh(TestDatabases.Kind.POSTGRESQL);
        present = TestDatabases.fresh(TestDatabases.Kind.POSTGRESQL);
        formerDatabase = former.open();
        presentDatabase = present.open();
        statements = new PostgresLedgerStatements(clock, "inst_test");
    }

    @AfterEach
    void close() {
        assertThat(new LedgerVerifier(formerDatabase).verify().findings()).isEmpty();
        former.close();
        present.close();
    }

    private void hold(HoldRequest... requests) {
        for (Database database : List.of(formerDatabase, presentDatabase)) {
            database.writeStatement(handle -> statements.hold(handle, List.of(requests)));
        }
    }

    private List<EditEnd.Outcome> endAsFormerRelease(List<EditEnd> ends) {
        return formerDatabase.writeStatement(handle -> DirectSql.query(handle, FORMER_END,
                row -> new EditEnd.Outcome(EditEnd.Result.of(row.getString("outcome")),
                        new Money(row.getLong("final_cost"))),
                texts(ends, EditEnd::editId), texts(ends, end -> end.kind().stored()),
                numbers(ends, end -> end.cost().nanos()), numbers(ends, end -> end.delivered().images()),
                numbers(ends, end -> end.delivered().textInputTokens()),
                numbers(ends, end -> end.delivered().cachedTextInputTokens()),
                numbers(ends, end -> end.delivered().imageInputTokens()),
                numbers(ends, end -> end.delivered().cachedImageInputTokens()),
                numbers(ends, end -> end.delivered().outputTokens()),
                numbers(ends, end -> end.delivered().textOutputTokens()), texts(ends, EditEnd::note),
                clock.millis()));
    }

    private static @Nullable String[] texts(List<EditEnd> ends, Function<EditEnd, @Nullable String> text) {
        @Nullable
        String[] texts = new String[ends.size()];
        for (int index = 0; index < texts.length; index++) {
            texts[index] = text.apply(ends.get(index));
        }
        return texts;
    }

    private static Long[] numbers(List<EditEnd> ends, ToLongFunction<EditEnd> number) {
        return ends.stream().map(number::applyAsLong).toArray(Long[]::new);
    }

    private static List<String> rows(TestDatabase stored, String query) throws SQLException {
        List<String> rows = new ArrayList<>();
        try (Connection connection = stored.raw();
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(query)) {
            while (result.next()) {
                rows.add(result.getString(1));
            }
        }
        return rows;
    }

    private void assertSameRows() throws SQLException {
        for (String query : List.of("SELECT CAST(e AS text) FROM edits e ORDER BY id",
                "SELECT CAST(b AS text) FROM budgets b ORDER BY owner",
                "SELECT CAST(t AS text) FROM ledger_transactions t ORDER BY id", """
                        SELECT concat_ws(' ', t.kind, t.edit_id, n.owner, n.account, n.amount)
                        FROM ledger_entries n JOIN ledger_transactions t ON t.id = n.transaction_id ORDER BY 1""",
                "SELECT CAST(d AS text) FROM usage_days d ORDER BY 1")) {
            assertThat(rows(former, query)).as(query).isNotEmpty().isEqualTo(rows(present, query));
        }
    }

    @Test
    void endsOfTheFormerReleaseHaveTheSameOutcomesAndRows() throws SQLException {
        hold(order("settled", "a", "g", "1"), order("released", "a", "g", "0.5"), order("undecided", "b", "g", "0.75"),
                free("free", "b", "h", "2"));
        for (List<EditEnd> ends : List.of(ENDS, LATER)) {
            assertThat(endAsFormerRelease(ends))
                    .isEqualTo(presentDatabase.writeStatement(handle -> statements.end(handle, ends)));
            clock.advance(Duration.ofSeconds(1));
        }
        assertSameRows();
        assertThat(former.number("SELECT SUM(spent) FROM budgets WHERE owner LIKE 'key:%'"))
                .isEqualTo(money("1").nanos());
        assertThat(former.number("SELECT count(*) FROM edits WHERE report IS NOT NULL OR upstream_id IS NOT NULL"))
                .isZero();
    }

    /** An instance of this release has written how the edit ran; one of the former release decides it. */
    @Test
    void anEndOfTheFormerReleaseKeepsWhatIsKnownOfAnEdit() throws SQLException {
        hold(order("reported", "a", "g", "1"));
        EditEnd undecided = EditEnd.of("reported", EditEnd.Kind.UNDECIDED, "connection lost")
                .with(Optional.of(new EndReport("{\"attempts\":[]}", List.of("req_last", "req_first"))));
        formerDatabase.writeStatement(handle -> statements.end(handle, List.of(undecided)));
        List<String> known = rows(former, "SELECT concat_ws(' ', report, upstream_id) FROM edits");

        assertThat(endAsFormerRelease(List.of(EditEnd.release("reported", "it did not run"))))
                .extracting(EditEnd.Outcome::result).containsExactly(EditEnd.Result.DONE);
        assertThat(rows(former, "SELECT concat_ws(' ', report, upstream_id) FROM edits")).isEqualTo(known);
        assertThat(known.getFirst()).contains("{\"attempts\":[]}").contains("req_");
        assertThat(former.number("SELECT count(*) FROM edit_upstream_ids")).isEqualTo(1);
        assertThat(former.number("SELECT held FROM budgets WHERE owner = 'key:a'")).isZero();
    }
}
