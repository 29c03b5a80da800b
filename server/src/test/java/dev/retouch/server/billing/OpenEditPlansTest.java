package dev.retouch.server.billing;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import dev.retouch.server.billing.UsageRepository.Dimension;
import dev.retouch.server.billing.UsageRepository.Filter;
import dev.retouch.server.database.TestDatabase;
import dev.retouch.server.database.TestDatabases;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

/** Queries for edits that have not ended must not read those that have. */
class OpenEditPlansTest {

    private final TestDatabase stored = TestDatabases.fresh(TestDatabases.Kind.SQLITE);

    @BeforeEach
    void migrate() {
        stored.open().close();
    }

    @AfterEach
    void close() {
        stored.close();
    }

    static Stream<Arguments> queries() {
        Instant now = Instant.EPOCH;
        EditRepository.Filter undecided = new EditRepository.Filter(null, null, null, HoldState.UNDECIDED, null, null,
                null, null);
        EditRepository.Filter held = new EditRepository.Filter("k", "g", "m", HoldState.HELD, null, null, now, now);
        return Stream.of(arguments("undecided edits", EditRepository.sql(undecided, false)),
                arguments("held edits of a key", EditRepository.sql(held, true)),
                arguments("orphans", Reconciliation.ORPHANS), arguments("overdue", Reconciliation.OVERDUE),
                arguments("oldest open", LedgerVerifier.OLDEST_OPEN),
                arguments("usage", UsageRepository.sql(new Filter("k", "g", now, now), EnumSet.of(Dimension.DAY))),
                arguments("usage of all", UsageRepository.sql(new Filter(null, null, now, now),
                        EnumSet.noneOf(Dimension.class))));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("queries")
    void readsOnlyTheIndexesOfOpenEdits(String name, String sql) throws SQLException {
        assertThat(plan(sql)).as(name).filteredOn(step -> step.contains("edit") || step.matches("(SCAN|SEARCH) e .*"))
                .isNotEmpty()
                .allMatch(step -> step.contains("INDEX edits_held")
                        || step.contains("INDEX edits_undecided"));
    }

    private List<String> plan(String sql) throws SQLException {
        List<String> steps = new ArrayList<>();
        try (Connection connection = stored.raw();
                ResultSet rows = connection.createStatement()
                        .executeQuery("EXPLAIN QUERY PLAN " + sql.replaceAll(":\\w+", "0"))) {
            while (rows.next()) {
                steps.add(rows.getString("detail"));
            }
        }
        return steps;
    }
}
