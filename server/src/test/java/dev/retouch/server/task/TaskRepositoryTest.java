package dev.retouch.server.task;

import java.math.BigDecimal;
import java.net.URI;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import org.jdbi.v3.core.JdbiException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

import dev.retouch.server.billing.HoldConditionException;
import dev.retouch.server.billing.HoldRequest;
import dev.retouch.server.billing.Ledger;
import dev.retouch.server.billing.Money;
import dev.retouch.server.database.Database;
import dev.retouch.server.database.Instance;
import dev.retouch.server.database.TestDatabase;
import dev.retouch.server.database.TestDatabases;
import dev.retouch.server.error.ApiException;
import dev.retouch.server.exchange.DurableEdit.Mark;
import dev.retouch.server.fixture.ManualClock;
import dev.retouch.server.task.Task.Ending;
import dev.retouch.server.task.Task.Progress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

@ParameterizedClass
@EnumSource(TestDatabases.Kind.class)
@Tag("slow")
class TaskRepositoryTest {

    private static final String ERROR = "{\"error\":{}}";

    private final TestDatabase stored;
    private final Database database;
    private final ManualClock clock = ManualClock.atSomeTime();
    private final Ledger ledger;
    private final Instance living;
    private final TaskRepository ours;
    private final TaskRepository others;

    TaskRepositoryTest(TestDatabases.Kind kind) {
        this.stored = TestDatabases.fresh(kind);
        this.database = stored.open();
        this.ledger = new Ledger(database, clock, "inst_test");
        this.living = Instance.timedBy(database, clock, Duration.ofSeconds(10));
        this.ours = table(Instance.timedBy(database, clock, Duration.ofSeconds(10)));
        this.others = table(living);
    }

    private TaskRepository table(Instance instance) {
        return new TaskRepository(database, ledger, instance, Duration.ofHours(24));
    }

    @AfterEach
    void close() {
        stored.close();
    }

    private static TaskSpec order(String id) {
        return new TaskSpec(id, "account", "key", "edit-" + id, "{}", URI.create("http://localhost/"), 2);
    }

    private void enter(String id) {
        assertThat(ours.enter(order(id), handle -> Optional.empty())).isEmpty();
    }

    private void letThrough(String id) {
        ledger.hold(
                new HoldRequest("edit-" + id, "key_a", "group", "m", "USD", "1", true, 1, Money.of(BigDecimal.ONE)));
    }

    private Task task(String id) {
        return ours.get(id, "account");
    }

    private void assertMissing(String id, String account) {
        assertThatThrownBy(() -> ours.get(id, account)).isInstanceOf(ApiException.class);
    }

    private boolean removeUncertain(String id) {
        return database.write(handle -> ours.removeUncertain(handle, order(id)));
    }

    private void ourInstanceDies() {
        clock.advance(Duration.ofSeconds(11));
        living.heartbeat();
    }

    @Test
    void aTaskGoesFromTheQueueToItsEnd() {
        enter("a");
        assertThat(task("a").state()).isEqualTo(TaskState.QUEUED);
        assertMissing("a", "somebody else");
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
        assertMissing("a", "account");
    }

    @Test
    void existingTaskReplacesTheNewTask() {
        assertThat(ours.enter(order("b"), handle -> Optional.of("a"))).contains("a");
        assertMissing("b", "account");
    }

    @Test
    void replayedTaskIsNotRemoved() {
        enter("a");
        ours.enter(order("b"), handle -> Optional.of("a"));
        assertThat(database.<Boolean>write(handle -> ours.remove(handle, "a"))).isFalse();
        assertThat(removeUncertain("a")).isFalse();
        assertThat(ours.begin("a")).contains(order("a"));
    }

    @Test
    void removesTaskThatWasEntered() {
        enter("a");
        assertThat(removeUncertain("a")).isTrue();
        assertMissing("a", "account");
    }

    @Test
    void taskCannotBeEnteredAfterItsRemoval() {
        assertThat(removeUncertain("a")).isTrue();
        assertThatThrownBy(() -> enter("a")).isInstanceOf(JdbiException.class);
        assertThat(task("a").state()).isEqualTo(TaskState.CANCELED);
        clock.advance(Duration.ofHours(25));
        ours.removeExpired();
        assertMissing("a", "account");
    }

    /** A task is removed while a repeated submission, which has found its key, waits for its row. */
    @Test
    void enteredInPlaceOfTaskThatWasRemoved() {
        AtomicInteger looks = new AtomicInteger();
        assertThat(ours.enter(order("b"),
                handle -> looks.incrementAndGet() == 1 ? Optional.of("removed") : Optional.empty())).isEmpty();
        assertThat(task("b").state()).isEqualTo(TaskState.QUEUED);
    }

    @Test
    void canceledTaskStaysCanceled() {
        enter("a");
        ours.begin("a");
        assertThat(ours.findLost(List.of("a"))).isEmpty();
        assertThatThrownBy(() -> others.cancel("a", "somebody else")).isInstanceOf(ApiException.class);
        assertThat(others.cancel("a", "account").state()).isEqualTo(TaskState.RUNNING);
        assertThat(ours.findLost(List.of("a"))).containsExactly("a");
        assertThat(database.<Boolean>write(
                handle -> ours.end(handle, "a", TaskState.SUCCEEDED, Ending.failed(ERROR), 1))).isFalse();
        assertThat(database.<Boolean>write(handle -> ours.failUndecided(handle, "a", "edit-a", ERROR))).isFalse();
        assertThat(task("a").state()).isEqualTo(TaskState.CANCELED);
        assertThat(others.cancel("a", "account").state()).as("removed the second time").isEqualTo(TaskState.CANCELED);
        assertMissing("a", "account");
    }

    @Test
    void adoptsOrphansUnlessDispatched() {
        for (String id : List.of("waiting", "begun", "sent", "done")) {
            enter(id);
        }
        ours.begin("begun");
        ours.begin("sent");
        letThrough("sent");
        ours.begin("done");
        database.write(handle -> ours.end(handle, "done", TaskState.SUCCEEDED, Ending.failed(ERROR), 1));
        assertThat(others.orphans().adopt(10, id -> false, ERROR).queued()).as("while it lives").isEmpty();
        ourInstanceDies();

        OrphanedTasks.Inherited inherited = others.orphans().adopt(10, id -> false, ERROR);
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

    private void hold(TaskRepository tasks, String id) {
        ledger.hold(
                new HoldRequest("edit-" + id, "key_a", "group", "m", "USD", "1", true, 1, Money.of(BigDecimal.ONE)),
                new Mark(handle -> tasks.dispatch(handle, id)));
    }

    /** The owner freezes while it moderates the edit, and wakes up after another instance has adopted the task. */
    @Test
    void formerOwnerOfAnAdoptedTaskCannotDispatchIt() {
        enter("a");
        ours.begin("a");
        ourInstanceDies();
        assertThat(others.orphans().adopt(10, id -> false, ERROR).queued()).containsExactly("a");
        assertThatThrownBy(() -> hold(ours, "a")).isInstanceOf(HoldConditionException.class);
        assertThat(others.begin("a")).isPresent();
        assertThatThrownBy(() -> hold(ours, "a")).isInstanceOf(HoldConditionException.class);
        hold(others, "a");
    }

    @Test
    void adoptsAsManyAsItIsAskedTo() {
        for (int i = 0; i < 5; i++) {
            enter("task-" + i);
            clock.advance(Duration.ofMillis(1));
        }
        ourInstanceDies();
        assertThat(others.orphans().adopt(2, id -> false, ERROR).queued()).containsExactly("task-0", "task-1");
        assertThat(others.orphans().adopt(9, id -> true, ERROR).queued()).hasSize(3);
    }

    /** Two instances share the tasks of a dead one; the second takes the next task while the transaction of the first holds its row. */
    @Test
    void takesNextTaskWhileAnotherInstanceHoldsTheFirst() throws SQLException {
        assumeTrue(database.isShared(), "SQLite has a single writer");
        for (int i = 0; i < 3; i++) {
            enter("task-" + i);
            clock.advance(Duration.ofMillis(1));
        }
        ourInstanceDies();
        try (Connection first = stored.raw(); Statement statement = first.createStatement()) {
            first.setAutoCommit(false);
            statement.execute("UPDATE edit_tasks SET instance = 'inst_first' WHERE id = 'task-0'");
            assertThat(others.orphans().adopt(1, id -> false, ERROR).queued()).containsExactly("task-1");
            assertThat(others.orphans().adopt(9, "task-1"::equals, ERROR).queued()).containsExactly("task-2");
            first.rollback();
        }
        assertThat(others.orphans().adopt(9, id -> id.matches("task-[12]"), ERROR).queued()).containsExactly("task-0");
    }

    @Test
    void removesExpiredTasksWhileAnotherInstanceRemovesOthers() throws SQLException {
        assumeTrue(database.isShared(), "SQLite has a single writer");
        for (String id : List.of("a", "b")) {
            enter(id);
            ours.cancel(id, "account");
        }
        clock.advance(Duration.ofHours(25));
        try (Connection first = stored.raw(); Statement statement = first.createStatement()) {
            first.setAutoCommit(false);
            statement.execute("DELETE FROM edit_tasks WHERE id = 'a'");
            others.removeExpired();
            assertThat(stored.number("SELECT count(*) FROM edit_tasks WHERE id = 'b'")).isZero();
            first.commit();
        }
        assertThat(stored.number("SELECT count(*) FROM edit_tasks")).isZero();
    }

    /** The queues of living instances are not read in a transaction that others wait for. */
    @Test
    void looksForOrphansBesideTheWriter() throws Exception {
        enter("a");
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch done = new CountDownLatch(1);
        CompletableFuture<Boolean> writer = CompletableFuture.supplyAsync(() -> database.write(handle -> {
            begun.countDown();
            return await(done);
        }));
        begun.await();
        assertThat(others.orphans().adopt(10, id -> false, ERROR).queued()).isEmpty();
        assertThat(writer).isNotDone();
        done.countDown();
        assertThat(writer.get()).isTrue();
    }

    private static boolean await(CountDownLatch latch) {
        try {
            return latch.await(30, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void canceledTaskCannotBeDispatched() {
        enter("a");
        ours.begin("a");
        others.cancel("a", "account");
        assertThatThrownBy(() -> hold(ours, "a")).isInstanceOf(HoldConditionException.class);
    }

    @Test
    void adoptsOwnTasksLostByThePool() {
        enter("lost");
        enter("at-hand");
        assertThat(ours.orphans().adopt(10, "at-hand"::equals, ERROR).queued()).containsExactly("lost");
        assertThat(ours.begin("lost")).isPresent();
        assertThat(ours.orphans().adopt(10, "at-hand"::equals, ERROR).queued()).isEmpty();
    }

    @Test
    void requeuesUnfinishedTaskUnlessDispatched() {
        for (String id : List.of("harmless", "sent")) {
            enter(id);
            ours.begin(id);
        }
        letThrough("sent");
        for (String id : List.of("harmless", "sent")) {
            database.write(handle -> ours.failUndecided(handle, id, "edit-" + id, ERROR));
        }
        assertThat(task("harmless").state()).isEqualTo(TaskState.QUEUED);
        assertThat(task("sent").state()).isEqualTo(TaskState.FAILED);
    }
}
