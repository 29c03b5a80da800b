package dev.retouch.server.admission.slot;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.retouch.server.admission.QueueFullException;
import dev.retouch.server.database.Database;
import dev.retouch.server.database.DatabaseUnavailableException;
import dev.retouch.server.fixture.ConcurrentRequests;
import dev.retouch.server.fixture.Eventually;
import dev.retouch.server.fixture.SeverableProxy;
import dev.retouch.server.fixture.TwoInstances;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Slots of two instances that share a database. */
@Tag("slow")
class DatabaseConcurrencyLimiterTest extends SlotsRules {

    private static final Duration DEAD_AFTER = Duration.ofSeconds(10);

    @TempDir
    private static Path folder;
    private static TwoInstances instances;

    private DatabaseConcurrencyLimiter one;
    private DatabaseConcurrencyLimiter other;

    @BeforeAll
    static void start() throws IOException {
        instances = TwoInstances.start(folder);
    }

    @AfterAll
    static void stop() throws IOException {
        instances.close();
    }

    @BeforeEach
    void begin() {
        instances.empty();
        one = slots(instances.first(), "i_one");
        other = slots(instances.second(), "i_other");
    }

    @AfterEach
    void nothingIsLeftInTheTable() {
        Eventually.so("no tickets", () -> instances.count("SELECT COUNT(*) FROM slot_tickets") == 0);
        one.close();
        other.close();
    }

    @Override
    ConcurrencyLimiter one() {
        return one;
    }

    @Override
    ConcurrencyLimiter other() {
        return other;
    }

    private DatabaseConcurrencyLimiter slots(Database database, String instance) {
        instances.execute("INSERT INTO instances (id, started_at, seen_at) VALUES (?, ?, ?)", instance, clock.millis(),
                clock.millis());
        return new DatabaseConcurrencyLimiter(database, instance, clock, this::deadBefore);
    }

    private long deadBefore() {
        return clock.instant().minus(DEAD_AFTER).toEpochMilli();
    }

    private void seen(String... alive) {
        for (String instance : alive) {
            instances.execute("UPDATE instances SET seen_at = ? WHERE id = ?", clock.millis(), instance);
        }
    }

    @Test
    void neitherSlotsNorPlacesOfADeadInstanceCount() throws Throwable {
        ConcurrencyScope key = scope("key:k", 2, 3);
        DatabaseConcurrencyLimiter dying = slots(instances.first(), "i_dying");
        dying.acquire(List.of(key), crowd.nextEdit());
        Slot running = one.acquire(List.of(key), crowd.nextEdit());
        SlotTable others = new SlotTable("i_dying", clock, this::deadBefore);
        for (int i = 0; i < 2; i++) {
            SlotTicket ticket = SlotTicket.of(crowd.nextEdit(), List.of(key));
            assertThat(instances.first().<SlotTable.Entered>write(handle -> others.enter(handle, List.of(ticket)))
                    .verdicts()).containsExactly(new SlotTicket.Verdict.Waiting());
        }
        Future<Slot> waits = queued(other, key);

        clock.advance(DEAD_AFTER);
        seen("i_one", "i_other");
        SlotTable table = new SlotTable("i_one", clock, this::deadBefore);
        boolean dead = instances.first().write(table::hasDead);
        assertThat(dead).as("still alive").isFalse();
        assertThat(instances.count("SELECT COUNT(*) FROM slot_tickets")).isEqualTo(5);
        assertThatThrownBy(() -> one.acquire(List.of(key), crowd.nextEdit())).isInstanceOf(QueueFullException.class);

        clock.advance(Duration.ofMillis(1));
        Slot second = ConcurrentRequests.of(waits);
        assertThat(instances.count("SELECT COUNT(*) FROM slot_tickets")).isEqualTo(2);
        second.close();
        running.close();
        dying.close();
    }

    /** acquire does not wait for the next poll */
    @Test
    void slotOfDeadInstanceIsAvailable() throws InterruptedException {
        ConcurrencyScope key = scope("key:k", 1, 0);
        DatabaseConcurrencyLimiter dying = slots(instances.first(), "i_dying");
        dying.acquire(List.of(key), crowd.nextEdit());
        clock.advance(DEAD_AFTER.plusMillis(1));
        seen("i_one", "i_other");
        other.acquire(List.of(key), crowd.nextEdit()).close();
        dying.close();
    }

    @Test
    void queueContinuesAfterAnError() throws Throwable {
        ConcurrencyScope key = scope("key:k", 1, 5);
        AtomicBoolean fails = new AtomicBoolean();
        instances.execute("INSERT INTO instances (id, started_at, seen_at) VALUES (?, ?, ?)", "i_failing",
                clock.millis(), clock.millis());
        DatabaseConcurrencyLimiter failing = new DatabaseConcurrencyLimiter(instances.first(), "i_failing", clock,
                () -> {
                    if (fails.getAndSet(false)) {
                        throw new OutOfMemoryError("by the test");
                    }
                    return deadBefore();
                });
        Slot running = one.acquire(List.of(key), crowd.nextEdit());
        Future<Slot> waits = crowd.ask(failing, key);
        Eventually.so("it waits", () -> failing.waiting() == 1);
        fails.set(true);
        Eventually.so("the poll failed", () -> !fails.get());
        running.close();
        ConcurrentRequests.of(waits).close();
        failing.close();
    }

    @Test
    void instanceConsideredDeadResumes() throws Throwable {
        ConcurrencyScope key = scope("key:k", 1, 5);
        Slot running = one.acquire(List.of(key), crowd.nextEdit());
        Future<Slot> waits = queued(one, key);
        instances.execute("DELETE FROM slot_tickets");
        Eventually.so("both are back", () -> instances.count("SELECT COUNT(*) FROM slot_tickets") == 2);
        assertThat(instances.count("SELECT COUNT(*) FROM slot_tickets WHERE running = 1")).isEqualTo(1);
        running.close();
        ConcurrentRequests.of(waits).close();
    }

    /** Otherwise more edits than the limit would run, until those of this instance have ended. */
    @Test
    void slotIsRestoredAlthoughNobodyWaits() throws InterruptedException {
        ConcurrencyScope key = scope("key:k", 1, 0);
        Slot running = one.acquire(List.of(key), crowd.nextEdit());
        instances.execute("DELETE FROM slot_tickets");
        Eventually.so("it is back", () -> instances.count("SELECT COUNT(*) FROM slot_tickets") == 1);
        assertThatThrownBy(() -> other.acquire(List.of(key), crowd.nextEdit())).isInstanceOf(QueueFullException.class);
        running.close();
    }

    /** The commit of a release does not wait for the disk of the database. */
    @Test
    void releaseThatACrashOfTheDatabaseUndidIsRepeated() throws InterruptedException, SQLException {
        ConcurrencyScope key = scope("key:k", 1, 0);
        Slot running = one.acquire(List.of(key), crowd.nextEdit());
        instances.execute("CREATE TABLE before_release AS SELECT * FROM slot_tickets");
        running.close();
        assertThat(instances.count("SELECT COUNT(*) FROM slot_tickets")).isZero();
        instances.execute("INSERT INTO slot_tickets SELECT * FROM before_release");
        Eventually.so("the slot is free again", () -> instances.count("SELECT COUNT(*) FROM slot_tickets") == 0);
        other.acquire(List.of(key), crowd.nextEdit()).close();
    }

    @Test
    void closingLetsGoOfEverything() throws Throwable {
        ConcurrencyScope key = scope("key:k", 1, 5);
        DatabaseConcurrencyLimiter leaving = slots(instances.first(), "i_leaving");
        leaving.acquire(List.of(key), crowd.nextEdit());
        Future<Slot> inVain = crowd.ask(leaving, key);
        Eventually.so("it waits", () -> leaving.waiting() == 1);
        Future<Slot> waits = queued(other, key);
        leaving.close();
        ConcurrentRequests.of(waits).close();
        assertThat(ConcurrentRequests.failureOf(inVain)).isEqualTo(IllegalStateException.class);
    }

    @Test
    void retriesReleaseIfDatabaseIsUnavailable() throws Throwable {
        ConcurrencyScope key = scope("key:k", 1, 5);
        try (SeverableProxy cable = new SeverableProxy(instances.postgres().getPort());
                Database far = TwoInstances.open(cable.port(), folder);
                DatabaseConcurrencyLimiter remote = slots(far, "i_remote")) {
            Slot slot = remote.acquire(List.of(key), crowd.nextEdit());
            Future<Slot> there = crowd.ask(remote, key);
            Eventually.so("it waits", () -> remote.waiting() == 1);
            Future<Slot> here = queued(other, key);

            cable.cut();
            assertThat(ConcurrentRequests.failureOf(there)).isEqualTo(DatabaseUnavailableException.class);
            assertThatThrownBy(() -> remote.acquire(List.of(key), crowd.nextEdit()))
                    .isInstanceOf(DatabaseUnavailableException.class);
            slot.close();
            assertThat(here.isDone()).isFalse();
            assertThat(instances.count("SELECT COUNT(*) FROM slot_tickets WHERE running = 1")).isEqualTo(1);

            cable.mend();
            ConcurrentRequests.of(here).close();
            Eventually.so("nothing is left", () -> instances.count("SELECT COUNT(*) FROM slot_tickets") == 0);
        }
    }

    /** An edit that is interrupted during a database call has a ticket or not; neither may remain. */
    @Test
    void interruptDuringDatabaseCallLeavesNoTicket() throws Throwable {
        ConcurrencyScope key = scope("key:k", 1, 5);
        Future<Boolean> asked = crowd.run(() -> {
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> one.acquire(List.of(key), crowd.nextEdit()))
                    .isInstanceOf(InterruptedException.class);
            return Thread.interrupted();
        });
        assertThat(ConcurrentRequests.of(asked)).isFalse();
        ConcurrentRequests.of(crowd.ask(other, key)).close();
        assertThat(held()).isZero();
    }

    /** No poll happened in between, so the table itself decides whose turn it is. */
    @Test
    void takesSlotGrantedAtTheEndOfTheWait() {
        SlotTable table = new SlotTable("i_one", clock, this::deadBefore);
        SlotTicket running = SlotTicket.of(crowd.nextEdit(), List.of(scope("key:k", 1, 5)));
        SlotTicket waits = SlotTicket.of(crowd.nextEdit(), List.of(scope("key:k", 1, 5)));
        SlotTicket inVain = SlotTicket.of(crowd.nextEdit(), List.of(scope("key:k", 1, 5)));
        List<SlotTicket.Verdict> verdicts = instances.first().write(handle -> {
            table.enter(handle, List.of(running, waits, inVain));
            table.remove(handle, List.of(running.editId()));
            return List.of(table.leave(handle, waits), table.leave(handle, inVain));
        });
        assertThat(verdicts).containsExactly(new SlotTicket.Verdict.Running(),
                new SlotTicket.Verdict.Refused(scope("key:k", 1, 5), 0));
        assertThat(instances.count("SELECT COUNT(*) FROM slot_tickets")).isEqualTo(1);
        one.close();
    }

    /** The instance need not read the table. */
    @Test
    void notifiesTheInstanceWhoseEditIsNext() throws Throwable {
        Set<String> notified = ConcurrentHashMap.newKeySet();
        instances.second().listen("retouch_slots", notified::add);
        SlotTable table = new SlotTable("i_one", clock, this::deadBefore);
        SlotTicket running = SlotTicket.of(crowd.nextEdit(), List.of(scope("key:k", 1, 5)));
        SlotTable.Entered entered = instances.first().writeStatement(handle -> table.enter(handle, List.of(running)));
        assertThat(entered.verdicts()).containsExactly(new SlotTicket.Verdict.Running());
        Future<Slot> waits = queued(other, scope("key:k", 1, 5));
        Set<String> started = instances.first()
                .writeStatement(handle -> table.remove(handle, List.of(running.editId())));
        assertThat(started).as("edits of the same instance").isEmpty();
        Eventually.so("it is notified", () -> notified.size() == 1);
        ConcurrentRequests.of(waits).close();
    }

    /** Triggers keep the counts. */
    @Test
    void countsOfAScopeAreThoseOfItsTickets() throws Throwable {
        ConcurrencyScope key = scope("key:k", 1, 5);
        Slot running = one.acquire(List.of(key), crowd.nextEdit());
        Future<Slot> waits = queued(other, key);
        assertThat(instances.count("SELECT running * 10 + waiting FROM slot_scopes WHERE scope = 'key:k'"))
                .isEqualTo(11);
        running.close();
        ConcurrentRequests.of(waits).close();
        assertThat(instances.count("SELECT running * 10 + waiting FROM slot_scopes WHERE scope = 'key:k'")).isZero();
    }

    @Test
    void closedLimiterGrantsNoSlot() {
        DatabaseConcurrencyLimiter closed = slots(instances.first(), "i_closed");
        closed.close();
        assertThatThrownBy(() -> closed.acquire(List.of(scope("key:k", 1, 5)), crowd.nextEdit()))
                .isInstanceOf(IllegalStateException.class);
    }
}
