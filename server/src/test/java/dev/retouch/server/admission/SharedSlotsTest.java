package dev.retouch.server.admission;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Future;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.retouch.server.store.Database;
import dev.retouch.server.store.DatabaseAwayException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Slots of two instances in one database. */
class SharedSlotsTest extends SlotsRules {

    private static final Duration DEAD_AFTER = Duration.ofSeconds(10);

    @TempDir
    private static Path folder;
    private static TwoInstances instances;

    private SharedSlots one;
    private SharedSlots other;

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
        Until.so("no tickets", () -> instances.count("SELECT COUNT(*) FROM slot_tickets") == 0);
        one.close();
        other.close();
    }

    @Override
    Slots one() {
        return one;
    }

    @Override
    Slots other() {
        return other;
    }

    private SharedSlots slots(Database database, String instance) {
        instances.execute("INSERT INTO instances (id, started_at, seen_at) VALUES (?, ?, ?)", instance, clock.millis(),
                clock.millis());
        return new SharedSlots(database, instance, clock, DEAD_AFTER);
    }

    private void seen(String... alive) {
        for (String instance : alive) {
            instances.execute("UPDATE instances SET seen_at = ? WHERE id = ?", clock.millis(), instance);
        }
    }

    @Test
    void neitherSlotsNorPlacesOfADeadInstanceCount() throws Throwable {
        SlotScope key = scope("key:k", 2, 3);
        SharedSlots dying = slots(instances.first(), "i_dying");
        dying.acquire(List.of(key), crowd.nextEdit());
        Slot running = one.acquire(List.of(key), crowd.nextEdit());
        SlotTable dead = new SlotTable("i_dying", clock, DEAD_AFTER);
        for (int i = 0; i < 2; i++) {
            SlotTicket ticket = SlotTicket.of(crowd.nextEdit(), List.of(key));
            assertThat(instances.first().<SlotTicket.Verdict>write(handle -> dead.enter(handle, ticket)))
                    .isEqualTo(new SlotTicket.Verdict.Waiting());
        }
        Future<Slot> waits = queued(other, key);

        clock.advance(DEAD_AFTER.minusMillis(1));
        seen("i_one", "i_other");
        SlotTable table = new SlotTable("i_one", clock, DEAD_AFTER);
        Set<String> before = instances.first().write(handle -> table.tend(handle, List.of()));
        assertThat(before).as("still alive").hasSize(1);
        assertThat(instances.count("SELECT COUNT(*) FROM slot_tickets")).isEqualTo(5);
        assertThatThrownBy(() -> one.acquire(List.of(key), crowd.nextEdit())).isInstanceOf(QueueFullException.class);

        clock.advance(Duration.ofMillis(1));
        Slot second = Crowd.of(waits);
        assertThat(instances.count("SELECT COUNT(*) FROM slot_tickets")).isEqualTo(2);
        second.close();
        running.close();
        dying.close();
    }

    /** Who asks need not wait for the next look at the table. */
    @Test
    void aDeadInstancesSlotIsFreeForWhoeverAsks() throws InterruptedException {
        SlotScope key = scope("key:k", 1, 0);
        SharedSlots dying = slots(instances.first(), "i_dying");
        dying.acquire(List.of(key), crowd.nextEdit());
        clock.advance(DEAD_AFTER);
        seen("i_one", "i_other");
        other.acquire(List.of(key), crowd.nextEdit()).close();
        dying.close();
    }

    @Test
    void whoWasTakenForDeadComesBack() throws Throwable {
        SlotScope key = scope("key:k", 1, 5);
        Slot running = one.acquire(List.of(key), crowd.nextEdit());
        Future<Slot> waits = queued(one, key);
        instances.execute("DELETE FROM slot_tickets");
        Until.so("both are back", () -> instances.count("SELECT COUNT(*) FROM slot_tickets") == 2);
        assertThat(instances.count("SELECT COUNT(*) FROM slot_tickets WHERE running = 1")).isEqualTo(1);
        running.close();
        Crowd.of(waits).close();
    }

    @Test
    void closingLetsGoOfEverything() throws Throwable {
        SlotScope key = scope("key:k", 1, 5);
        SharedSlots leaving = slots(instances.first(), "i_leaving");
        leaving.acquire(List.of(key), crowd.nextEdit());
        Future<Slot> inVain = crowd.ask(leaving, key);
        Until.so("it waits", () -> leaving.waiting() == 1);
        Future<Slot> waits = queued(other, key);
        leaving.close();
        Crowd.of(waits).close();
        assertThat(Crowd.failureOf(inVain)).isEqualTo(IllegalStateException.class);
    }

    @Test
    void aSlotThatCannotBeGivenBackIsGivenBackLater() throws Throwable {
        SlotScope key = scope("key:k", 1, 5);
        try (Cable cable = new Cable(instances.postgres().getPort());
                Database far = TwoInstances.open(cable.port(), folder);
                SharedSlots remote = slots(far, "i_remote")) {
            Slot slot = remote.acquire(List.of(key), crowd.nextEdit());
            Future<Slot> there = crowd.ask(remote, key);
            Until.so("it waits", () -> remote.waiting() == 1);
            Future<Slot> here = queued(other, key);

            cable.cut();
            assertThat(Crowd.failureOf(there)).isEqualTo(DatabaseAwayException.class);
            assertThatThrownBy(() -> remote.acquire(List.of(key), crowd.nextEdit()))
                    .isInstanceOf(DatabaseAwayException.class);
            slot.close();
            assertThat(here.isDone()).isFalse();
            assertThat(instances.count("SELECT COUNT(*) FROM slot_tickets WHERE running = 1")).isEqualTo(1);

            cable.mend();
            Crowd.of(here).close();
            Until.so("nothing is left", () -> instances.count("SELECT COUNT(*) FROM slot_tickets") == 0);
        }
    }

    /** Whoever is interrupted while the database is asked has a ticket or not; neither may stay. */
    @Test
    void whoIsInterruptedWhileAskingLeavesNothing() throws Throwable {
        SlotScope key = scope("key:k", 1, 5);
        Future<Boolean> asked = crowd.run(() -> {
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> one.acquire(List.of(key), crowd.nextEdit()))
                    .isInstanceOf(InterruptedException.class);
            return Thread.interrupted();
        });
        assertThat(Crowd.of(asked)).isFalse();
        Crowd.of(crowd.ask(other, key)).close();
        assertThat(held()).isZero();
    }

    /** The poller did not look in between, so the table itself must say whose turn it is. */
    @Test
    void aTurnThatComesWithTheEndOfTheWaitIsTaken() {
        SlotTable table = new SlotTable("i_one", clock, DEAD_AFTER);
        SlotTicket running = SlotTicket.of(crowd.nextEdit(), List.of(scope("key:k", 1, 5)));
        SlotTicket waits = SlotTicket.of(crowd.nextEdit(), List.of(scope("key:k", 1, 5)));
        SlotTicket inVain = SlotTicket.of(crowd.nextEdit(), List.of(scope("key:k", 1, 5)));
        List<SlotTicket.Verdict> verdicts = instances.first().write(handle -> {
            table.enter(handle, running);
            table.enter(handle, waits);
            table.enter(handle, inVain);
            table.remove(handle, List.of(running.editId()));
            return List.of(table.leave(handle, waits), table.leave(handle, inVain));
        });
        assertThat(verdicts).containsExactly(new SlotTicket.Verdict.Running(),
                new SlotTicket.Verdict.Refused(scope("key:k", 1, 5), 0));
        assertThat(instances.count("SELECT COUNT(*) FROM slot_tickets")).isEqualTo(1);
        one.close();
    }

    @Test
    void whoIsClosedGivesNothing() {
        SharedSlots closed = slots(instances.first(), "i_closed");
        closed.close();
        assertThatThrownBy(() -> closed.acquire(List.of(scope("key:k", 1, 5)), crowd.nextEdit()))
                .isInstanceOf(IllegalStateException.class);
    }
}
