package dev.retouch.server.billing;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import dev.retouch.server.database.Database;
import dev.retouch.server.database.Instance;
import dev.retouch.server.database.TestDatabase;
import dev.retouch.server.database.TestDatabases;
import dev.retouch.server.fixture.Eventually;

import static dev.retouch.server.billing.Orders.order;
import static org.assertj.core.api.Assertions.assertThat;

/** One instance freezes in the middle of a transaction that the writes of all others wait for, until it is dead. */
@Tag("slow")
class FrozenInstanceTest {

    private static final Duration DEAD_AFTER = Duration.ofSeconds(2);

    private final TestDatabase stored = TestDatabases.fresh(TestDatabases.Kind.POSTGRESQL);
    private final Database first = stored.open();
    private final Database second = stored.open();
    private final ScheduledExecutorService timer = Executors.newScheduledThreadPool(2);
    private final Instance frozen = Instance.register(first, Clock.systemUTC(), DEAD_AFTER);
    private final Instance healthy = beating(Instance.register(first, Clock.systemUTC(), DEAD_AFTER));
    private final Instance observer = beating(Instance.register(second, Clock.systemUTC(), DEAD_AFTER));

    private Instance beating(Instance instance) {
        ScheduledFuture<?> beats = timer.scheduleWithFixedDelay(instance::heartbeat, 0, 50, TimeUnit.MILLISECONDS);
        assertThat(beats.isCancelled()).isFalse();
        return instance;
    }

    @AfterEach
    void close() {
        timer.shutdownNow();
        stored.close();
    }

    private String state(String edit) throws SQLException {
        return stored.number("SELECT count(*) FROM edits WHERE id = '" + edit + "' AND state = 'held'") == 1
                ? "held"
                : "ended";
    }

    @Test
    void holdsAndSlotsOfHealthyInstanceSurvive() throws Exception {
        new Ledger(first, frozen.clock(), frozen.id()).hold(order("of-frozen", "a", "g", "1"));
        new Ledger(first, healthy.clock(), healthy.id()).hold(order("of-healthy", "a", "g", "1"));
        stored.execute("INSERT INTO slot_tickets VALUES (1, 'key:a', '" + healthy.id() + "', 'of-healthy', 1, 0, 1)");
        Ledger ledger = new Ledger(second, observer.clock(), observer.id());
        Reconciliation reconciliation = new Reconciliation(second, ledger, observer,
                new Reconciliation.Settings(Duration.ofMinutes(10), HoldPolicy.CHARGE));
        CompletableFuture<Reconciliation.Report> report;
        try (Connection session = stored.raw(); Statement statement = session.createStatement()) {
            session.setAutoCommit(false);
            statement.execute("LOCK TABLE edits, slot_tickets IN ACCESS EXCLUSIVE MODE");
            report = CompletableFuture.supplyAsync(reconciliation::run);
            Eventually.so("the frozen one is dead", () -> !second.<Boolean>read(
                    handle -> observer.isAlive(handle, frozen.id())));
            assertThat(report).as("waits for the frozen one").isNotDone();
        }
        report.get(20, TimeUnit.SECONDS);
        Eventually.so("what the frozen one held is undecided", () -> reconciled(reconciliation, "of-frozen"));
        assertThat(state("of-healthy")).isEqualTo("held");
        assertThat(stored.number("SELECT count(*) FROM slot_tickets")).isEqualTo(1);
    }

    private boolean reconciled(Reconciliation reconciliation, String edit) {
        reconciliation.run();
        try {
            return state(edit).equals("ended");
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
