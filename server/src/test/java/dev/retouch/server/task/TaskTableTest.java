package dev.retouch.server.task;

import java.math.BigDecimal;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

import dev.retouch.server.billing.EditOrder;
import dev.retouch.server.billing.Ledger;
import dev.retouch.server.billing.Money;
import dev.retouch.server.fixture.ManualClock;
import dev.retouch.server.store.Database;
import dev.retouch.server.store.Instance;
import dev.retouch.server.store.TestDatabase;
import dev.retouch.server.store.TestDatabases;
import dev.retouch.server.task.Task.Ending;
import dev.retouch.server.task.Task.Progress;

import static org.assertj.core.api.Assertions.assertThat;

@ParameterizedClass
@EnumSource(TestDatabases.Kind.class)
class TaskTableTest {

    private static final String ERROR = "{\"error\":{}}";

    private final TestDatabase stored;
    private final Database database;
    private final ManualClock clock = ManualClock.atSomeTime();
    private final Ledger ledger;
    private final Instance living;
    private final TaskTable ours;
    private final TaskTable others;

    TaskTableTest(TestDatabases.Kind kind) {
        this.stored = TestDatabases.fresh(kind);
        this.database = stored.open();
        this.ledger = new Ledger(database, clock, "inst_test");
        this.living = new Instance(database, clock);
        this.ours = table(new Instance(database, clock));
        this.others = table(living);
    }

    private TaskTable table(Instance instance) {
        return new TaskTable(database, ledger, instance, clock,
                new TaskTable.Lifetimes(Duration.ofHours(24), Duration.ofSeconds(10)));
    }

    @AfterEach
    void close() {
        stored.close();
    }

    private static TaskOrder order(String id) {
        return new TaskOrder(id, "account", "key", "edit-" + id, "{}", URI.create("http://localhost/"), 2);
    }

    private void enter(String id) {
        assertThat(ours.enter(order(id), handle -> Optional.empty())).isEmpty();
    }

    private void letThrough(String id) {
        ledger.hold(new EditOrder("edit-" + id, "key_a", "group", "m", "USD", "1", true, 1, Money.of(BigDecimal.ONE)));
    }

    private Task task(String id) {
        return ours.find(id, "account").orElseThrow();
    }

    private void ourInstanceDies() {
        clock.advance(Duration.ofSeconds(11));
        living.beat();
    }

    @Test
    void aTaskGoesFromTheQueueToItsEnd() {
        enter("a");
        assertThat(task("a").state()).isEqualTo(TaskState.QUEUED);
        assertThat(ours.find("a", "somebody else")).isEmpty();
        clock.advance(Duration.ofSeconds(1));
        assertThat(ours.begin("a")).contains(order("a"));
        assertThat(ours.begin("a")).as("once").isEmpty();
        ours.progress("a", 1, 3);
        assertThat(task("a").progress()).isEqualTo(new Progress(1, 3, 2));
        assertThat(task("a").started()).isEqualTo(clock.instant());
        clock.advance(Duration.ofSeconds(1));
        Ending ending = new Ending("{}", "{\"data\":[]}", null);
        assertThat(database.<Boolean>write(handle -> ours.end(handle, "a", TaskState.SUCCEEDED, ending, 2))).isTrue();
        assertThat(task("a").ended()).isEqualTo(ending);
        assertThat(task("a").state()).isEqualTo(TaskState.SUCCEEDED);
        assertThat(task("a").expires()).isEqualTo(clock.instant().plus(Duration.ofHours(24)));
        assertThat(ours.needsImages("a")).isFalse();
        clock.advance(Duration.ofHours(25));
        ours.removeExpired();
        assertThat(ours.find("a", "account")).isEmpty();
    }

    @Test
    void aTaskThatStandsInItsPlaceKeepsItOut() {
        assertThat(ours.enter(order("b"), handle -> Optional.of("a"))).contains("a");
        assertThat(ours.find("b", "account")).isEmpty();
    }

    @Test
    void whatIsCanceledStaysCanceledWhoeverGoesOn() {
        enter("a");
        ours.begin("a");
        assertThat(ours.lost(List.of("a"))).isEmpty();
        assertThat(others.cancel("a", "somebody else")).isEmpty();
        assertThat(others.cancel("a", "account").orElseThrow().state()).isEqualTo(TaskState.RUNNING);
        assertThat(ours.lost(List.of("a"))).containsExactly("a");
        assertThat(database.<Boolean>write(
                handle -> ours.end(handle, "a", TaskState.SUCCEEDED, Ending.failed(ERROR), 1))).isFalse();
        assertThat(database.<Boolean>write(handle -> ours.cutOff(handle, "a", "edit-a", ERROR))).isFalse();
        assertThat(task("a").state()).isEqualTo(TaskState.CANCELED);
        assertThat(others.cancel("a", "account").orElseThrow().state()).isEqualTo(TaskState.CANCELED);
        assertThat(ours.find("a", "account")).as("removed the second time").isEmpty();
    }

    @Test
    void whatADeadInstanceLeftIsTakenOverUnlessItWasLetThrough() {
        for (String id : List.of("waiting", "begun", "sent", "done")) {
            enter(id);
        }
        ours.begin("begun");
        ours.begin("sent");
        letThrough("sent");
        ours.begin("done");
        database.write(handle -> ours.end(handle, "done", TaskState.SUCCEEDED, Ending.failed(ERROR), 1));
        assertThat(others.inherit(10, id -> false, ERROR).queued()).as("while it lives").isEmpty();
        ourInstanceDies();

        TaskTable.Inherited inherited = others.inherit(10, id -> false, ERROR);
        assertThat(inherited.queued()).containsExactlyInAnyOrder("waiting", "begun");
        assertThat(inherited.ended()).containsExactly("sent");
        assertThat(task("sent").state()).isEqualTo(TaskState.FAILED);
        assertThat(task("sent").ended().error()).isEqualTo(ERROR);
        assertThat(ours.begin("waiting")).as("the dead one wakes up").isEmpty();
        assertThat(others.begin("waiting")).isPresent();
        assertThat(others.begin("begun")).isPresent();
        assertThat(database.<Boolean>write(
                handle -> ours.end(handle, "begun", TaskState.SUCCEEDED, Ending.failed(ERROR), 1))).isFalse();
    }

    @Test
    void whatItHasLostSightOfIsItsOwnAgain() {
        enter("lost");
        enter("at-hand");
        assertThat(ours.inherit(10, "at-hand"::equals, ERROR).queued()).containsExactly("lost");
        assertThat(ours.begin("lost")).isPresent();
        assertThat(ours.inherit(10, "at-hand"::equals, ERROR).queued()).isEmpty();
    }

    @Test
    void whatIsCutOffGoesBackToTheQueueUnlessItWasLetThrough() {
        for (String id : List.of("harmless", "sent")) {
            enter(id);
            ours.begin(id);
        }
        letThrough("sent");
        for (String id : List.of("harmless", "sent")) {
            database.write(handle -> ours.cutOff(handle, id, "edit-" + id, ERROR));
        }
        assertThat(task("harmless").state()).isEqualTo(TaskState.QUEUED);
        assertThat(task("sent").state()).isEqualTo(TaskState.FAILED);
    }
}
