package dev.retouch.server.database;

import java.sql.SQLException;

import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** The schema from before holds, slots and rates became statements of PostgreSQL keeps its rows. */
@Tag("slow")
class GroupsMigrationTest {

    private static final String BEFORE = "23";

    private static void migrateTo(String version, String url) {
        PostgresUrl address = PostgresUrl.of(url);
        Flyway.configure().dataSource(address.jdbc(), "postgres", "postgres").target(version)
                .locations("classpath:dev/retouch/server/database/migrations/common",
                        "classpath:dev/retouch/server/database/migrations/postgresql")
                .load().migrate();
    }

    @Test
    void keepsRowsAndCountsOn() throws SQLException {
        String url = TestDatabases.newPostgres();
        migrateTo(BEFORE, url);
        try (TestDatabase stored = TestDatabase.postgres(url)) {
            stored.execute("INSERT INTO budgets (owner, limited, available, held, spent) VALUES ('key:a', 1, 4, 1, 0)");
            stored.execute("""
                    INSERT INTO edits (id, key_id, group_name, model, currency, price_version, free, state, held, cost,
                        images_asked, images_delivered, text_input_tokens, image_input_tokens, output_tokens, instance,
                        created_at)
                    VALUES ('edit', 'a', 'g', 'm', 'USD', '1', 0, 'held', 1, 0, 1, 0, 0, 0, 0, 'inst', 1)""");
            stored.execute("INSERT INTO ledger_transactions (id, kind, created_at) VALUES (41, 'fund', 1)");
            stored.execute(
                    "INSERT INTO ledger_entries VALUES (41, 'key:a', 'available', 5), (41, 'key:a', 'funding', -5)");
            stored.execute("INSERT INTO slot_tickets VALUES (7, 'group:g', 'inst', 'edit', 1, 0, 2),"
                    + " (8, 'group:g', 'inst', 'other', 0, 0, 2)");
            stored.execute("INSERT INTO rate_limits (id, state, expires_at) VALUES ('requests:key:a', '\\x01', 1)");

            Database database = stored.open();
            assertThat(stored.number("SELECT available * 10 + held FROM budgets")).isEqualTo(41);
            assertThat(stored.number("SELECT count(*) FROM edits WHERE state = 'held'")).isEqualTo(1);
            assertThat(stored.number("SELECT count(*) FROM ledger_entries WHERE transaction_id = 41")).isEqualTo(2);
            assertThat(stored
                    .number("SELECT running * 10 + waiting FROM slot_scopes WHERE scope = 'group:g' AND most = 2"))
                    .isEqualTo(11);
            assertThat(stored.number("SELECT count(*) FROM rate_limits WHERE state IS NOT NULL")).isEqualTo(1);

            database.<Integer>writeStatement(handle -> handle.execute("""
                    INSERT INTO ledger_transactions (id, kind, created_at)
                    SELECT COALESCE(MAX(id), 0) + 1, 'fund', 2 FROM ledger_transactions"""));
            assertThat(stored.number("SELECT MAX(id) FROM ledger_transactions")).as("the next number").isEqualTo(42);
            assertThat(stored.number("SELECT nextval('slot_ticket_ids')")).isEqualTo(9);
            assertThat(stored.number("""
                    SELECT tokens_left FROM take_rate_tokens(ARRAY['requests:key:a'], ARRAY[10], ARRAY[1], 1)"""))
                    .as("an old bucket is full").isEqualTo(9);
        }
    }
}
