package dev.retouch.server.billing;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import dev.retouch.server.database.Database;
import dev.retouch.server.database.TestDatabase;
import dev.retouch.server.database.TestDatabases;
import dev.retouch.server.fixture.Eventually;
import dev.retouch.server.fixture.ManualClock;

import static dev.retouch.server.billing.Orders.images;
import static dev.retouch.server.billing.Orders.money;
import static dev.retouch.server.billing.Orders.order;
import static org.assertj.core.api.Assertions.assertThat;

/** In PostgreSQL no edit waits for the removal of old edits, not even of the same key. */
@Tag("slow")
class EditRetentionLoadTest {

    private static final Duration KEEP = Duration.ofDays(30);
    private static final String STOPPED_JOBS = """
            SELECT count(*) FROM pg_stat_activity
            WHERE wait_event_type = 'Lock' AND query LIKE 'DELETE FROM edits%' AND datname = current_database()""";

    private final TestDatabase stored = TestDatabases.fresh(TestDatabases.Kind.POSTGRESQL);
    private final Database database = stored.open();
    private final ManualClock clock = ManualClock.atSomeTime();
    private final Ledger ledger = new Ledger(database, clock, "inst_test");
    private final LedgerVerifier verifier = new LedgerVerifier(database);
    private final EditRetention retention = new EditRetention(database, verifier, clock, KEEP);

    @AfterEach
    void close() {
        stored.close();
    }

    private void settled(String edit) {
        ledger.hold(order(edit, "a", "g", "1"));
        ledger.settle(edit, images(1), money("0.25"));
    }

    /** A lock stops the job within its transaction, after it has removed the postings and transactions of the batch. */
    @Test
    void editsAreHeldAndSettledWhileABatchIsRemoved() throws Exception {
        for (int i = 0; i < 5; i++) {
            settled("old-" + i);
        }
        clock.advance(KEEP.plusDays(1));
        settled("last");
        CompletableFuture<Void> run;
        try (Connection locked = stored.raw(); Statement lock = locked.createStatement()) {
            locked.setAutoCommit(false);
            lock.execute("SELECT * FROM edits WHERE id = 'old-3' FOR UPDATE");
            run = CompletableFuture.runAsync(retention::run);
            Eventually.so("the job waits for the lock", () -> count(STOPPED_JOBS) == 1);
            settled("meanwhile");
            locked.rollback();
        }
        run.exceptionally(_ -> null).get(30, TimeUnit.SECONDS);
        retention.run(); // in case that the job gave up its batch, because it waited for too long
        assertThat(count("SELECT count(*) FROM edits")).as("last, and meanwhile").isEqualTo(2);
        assertThat(verifier.verifyAll().findings()).isEmpty();
    }

    private long count(String query) {
        try {
            return stored.number(query);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
