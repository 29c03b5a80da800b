package dev.retouch.server.database;

import java.sql.SQLException;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/** A database of an earlier version has edits that no trigger has counted. */
@ParameterizedClass
@EnumSource(TestDatabases.Kind.class)
@Tag("slow")
class UsageMigrationTest {

    private static final long DAY = 86_400_000;

    private final TestDatabase stored;

    UsageMigrationTest(TestDatabases.Kind kind) {
        this.stored = TestDatabases.fresh(kind);
    }

    @AfterEach
    void close() {
        stored.close();
    }

    private void insert(String id, long created, String state, long cost) throws SQLException {
        stored.execute("INSERT INTO edits (id, key_id, group_name, model, currency, price_version, free, state, held,"
                + " cost, images_asked, images_delivered, text_input_tokens, image_input_tokens, output_tokens, instance,"
                + " created_at) VALUES ('" + id + "', 'k', 'g', 'm', 'USD', '1', 0, '" + state + "', 9, " + cost
                + ", 1, 1, 2, 3, 4, 'i', " + created + ")");
    }

    @Test
    void existingEditsAreCountedByDay() throws SQLException {
        stored.migrateTo("4");
        insert("1", 10 * DAY, "settled", 5);
        insert("2", 11 * DAY - 1, "settled", 7);
        insert("3", 11 * DAY, "released", 0);
        insert("4", 11 * DAY, "held", 0);

        Database database = stored.open();
        assertThat(stored.number("SELECT COUNT(*) FROM usage_days")).isEqualTo(2);
        assertThat(stored.number("SELECT cost * 100 + settled * 10 + images FROM usage_days WHERE day = 10"))
                .isEqualTo(1222);
        assertThat(stored.number("SELECT settled * 10 + released FROM usage_days WHERE day = 11")).isEqualTo(1);
        int changed = database.write(handle -> handle
                .execute("UPDATE edits SET state = 'settled', cost = 3 WHERE id IN ('3', '4') AND state = 'held'"));
        assertThat(changed).isEqualTo(1);
        assertThat(stored.number("SELECT cost * 100 + settled * 10 + released FROM usage_days WHERE day = 11"))
                .isEqualTo(311);
    }

    /** As one statement for a group of edits does. */
    @Test
    void oneStatementMayEndManyEdits() throws SQLException {
        Database database = stored.open();
        for (int i = 0; i < 20; i++) {
            insert("e" + i, (i % 2) * DAY, "held", 0);
        }
        int changed = database.write(
                handle -> handle.execute("UPDATE edits SET state = 'settled', cost = 2 WHERE state = 'held'"));
        assertThat(changed).isEqualTo(20);
        assertThat(stored.number("SELECT COUNT(*) FROM usage_days WHERE settled = 10 AND cost = 20")).isEqualTo(2);
        changed = database
                .write(handle -> handle.execute("UPDATE edits SET refunded = 1 WHERE id IN ('e0', 'e2', 'e3')"));
        assertThat(changed).isEqualTo(3);
        assertThat(stored.number("SELECT refunded FROM usage_days WHERE day = 0")).isEqualTo(2);
        assertThat(stored.number("SELECT refunded FROM usage_days WHERE day = 1")).isEqualTo(1);
    }
}
