package dev.retouch.server.task;

import java.io.IOException;
import java.math.BigDecimal;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

import dev.retouch.server.admission.AdmissionLimits;
import dev.retouch.server.admission.StorageQuota;
import dev.retouch.server.answer.EditResponse;
import dev.retouch.server.answer.ImageProgress;
import dev.retouch.server.billing.DeferredSettlement;
import dev.retouch.server.billing.DeliveredUsage;
import dev.retouch.server.billing.EditEnd;
import dev.retouch.server.billing.EndJournal;
import dev.retouch.server.billing.HoldConditionException;
import dev.retouch.server.billing.HoldRequest;
import dev.retouch.server.billing.Ledger;
import dev.retouch.server.billing.Money;
import dev.retouch.server.contract.model.ErrorMessage;
import dev.retouch.server.database.Database;
import dev.retouch.server.database.Database.Work;
import dev.retouch.server.database.DeferredWrites;
import dev.retouch.server.database.Instance;
import dev.retouch.server.database.TestDatabase;
import dev.retouch.server.database.TestDatabases;
import dev.retouch.server.edit.EditRequest;
import dev.retouch.server.edit.TaskEdits;
import dev.retouch.server.error.ApiException;
import dev.retouch.server.error.ReplayedErrorException;
import dev.retouch.server.exchange.CanceledException;
import dev.retouch.server.exchange.Cancellation.Reason;
import dev.retouch.server.exchange.DurableEdit;
import dev.retouch.server.exchange.EditObserver;
import dev.retouch.server.exchange.Exchange;
import dev.retouch.server.exchange.PendingCharge;
import dev.retouch.server.fixture.Eventually;
import dev.retouch.server.fixture.ManualClock;
import dev.retouch.server.idempotency.IdempotencyKey;
import dev.retouch.server.idempotency.IdempotencyRepository;
import dev.retouch.server.image.Spool;
import dev.retouch.server.key.ApiKey;
import dev.retouch.server.key.ApiPrincipal;
import dev.retouch.server.key.Group;
import dev.retouch.server.storage.DiskStore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What becomes of a task, its key and its money if something happens between the steps of its edit. */
@ParameterizedClass
@EnumSource(TestDatabases.Kind.class)
@Tag("slow")
class TaskServiceTest {

    private static final URI LINK_BASE = URI.create("http://localhost/");
    private static final EditRequest REQUEST = new EditRequest(Optional.empty(), Optional.of("p"), List.of(),
            Optional.empty(), Map.of(), Map.of());
    private static final ApiPrincipal PRINCIPAL = new ApiPrincipal(new ApiKey("key_a", "key_a", "team", "", "sk",
            AdmissionLimits.NONE, Instant.EPOCH, null, false, null, null), Group.open("team"));
    private static final Duration LIFETIME = Duration.ofHours(24);
    private static final Money PRICE = Money.of(BigDecimal.ONE);

    private final TestDatabase stored;
    private final Database database;
    private final ManualClock clock = ManualClock.atSomeTime();
    private final Ledger ledger;
    private final DeferredSettlement settlement;
    private final TaskService service;
    private final ScriptedPipeline pipeline = new ScriptedPipeline();

    TaskServiceTest(TestDatabases.Kind kind, @TempDir Path dataDir) throws IOException {
        this.stored = TestDatabases.fresh(kind);
        this.database = stored.open();
        Instance self = Instance.timedBy(database, clock, Duration.ofSeconds(10));
        this.ledger = new Ledger(database, clock, self.id());
        this.settlement = new DeferredSettlement(ledger, new EndJournal(dataDir));
        DeferredWrites writes = new DeferredWrites(database);
        TaskRepository tasks = new TaskRepository(database, ledger, self, LIFETIME);
        TaskFiles files = new TaskFiles(new DiskStore(dataDir), dataDir,
                new Spool(dataDir.resolve("tmp"), 10), clock, StorageQuota.UNLIMITED);
        this.service = new TaskService(tasks, files,
                new TaskRunner(pipeline, _ -> PRINCIPAL, files, tasks, LIFETIME, EditObserver.NONE),
                new IdempotencyRepository(database, writes, ledger, self, LIFETIME), writes,
                (failure, _) -> new ReplayedErrorException(500, Map.of(), "{\"error\":{}}"),
                new TaskService.Settings(4, 10, Duration.ofMillis(300), Duration.ofSeconds(1)));
    }

    @AfterEach
    void close() {
        service.close();
        stored.close();
    }

    /** Does with the ledger what the pipeline does: holds before the response, charges before it is whole. */
    private final class ScriptedPipeline implements TaskEdits {

        private volatile Runnable beforeHold = () -> {};
        private final CountDownLatch begun = new CountDownLatch(1);
        private final CountDownLatch go = new CountDownLatch(1);
        private final CompletableFuture<Reason> canceled = new CompletableFuture<>();

        @Override
        public EditResponse editForTask(EditRequest request, ApiPrincipal principal, Exchange exchange, URI linkBase,
                ImageProgress progress) {
            DurableEdit row = exchange.durable().orElseThrow();
            begun.countDown();
            try {
                exchange.cancellation().interruptibly(() -> go.await(20, TimeUnit.SECONDS));
            } catch (CanceledException e) {
                canceled.complete(e.reason());
                throw e;
            }
            beforeHold.run();
            try {
                ledger.hold(new HoldRequest(exchange.id(), "key_a", "team", "m", "USD", "1", false, 1, PRICE),
                        row.dispatch());
            } catch (HoldConditionException e) {
                throw row.lost();
            }
            row.charge(new Charge(exchange.id()));
            return new EditResponse(false, Map.of(), out -> {
                out.write("{\"data\":[{}]}".getBytes(StandardCharsets.UTF_8));
                return Map.of();
            });
        }
    }

    /** The price of one image, charged when it is written. */
    private final class Charge implements PendingCharge {

        private final String editId;

        Charge(String editId) {
            this.editId = editId;
        }

        @Override
        public boolean write(Work<?> also) {
            return settlement.end(EditEnd.settle(editId, new DeliveredUsage(1, 0, 0, 0), PRICE, null), also);
        }

        @Override
        public void release(String why) {
            settlement.end(EditEnd.release(editId, why));
        }
    }

    private Task submit(Exchange exchange, Optional<IdempotencyKey> key) {
        return service.submit(REQUEST, PRINCIPAL, exchange, LINK_BASE, key, Optional.empty()).task();
    }

    /** Submits a task with {@code Prefer: wait}, so that the client is sure to wait when it leaves. */
    private CompletableFuture<Task> submitAndWait(Exchange exchange, Optional<IdempotencyKey> key) {
        return CompletableFuture.supplyAsync(() -> service
                .submit(REQUEST, PRINCIPAL, exchange, LINK_BASE, key, Optional.of(Duration.ofMinutes(1))).task());
    }

    private Task submit() {
        return submit(new Exchange("edit-1", 0), Optional.empty());
    }

    private String states() {
        return database.read(handle -> handle.createQuery("""
                SELECT COALESCE(e.state, 'none') || ' ' || t.state
                FROM edit_tasks t LEFT JOIN edits e ON t.edit_id = e.id""").mapTo(String.class).findOne()
                .orElse("no task"));
    }

    private void awaitStates(String states) {
        Eventually.so(states, () -> states().equals(states));
    }

    @Test
    void chargeAndEndOfTheTaskAreWrittenTogetherOrNotAtAll() throws SQLException {
        refuseSuccess();
        pipeline.go.countDown();
        submit();
        Eventually.so("the charge waits", () -> settlement.waiting() == 1);
        assertThat(states()).isEqualTo("held running");

        stored.execute("DROP TRIGGER refused" + (database.isShared() ? " ON edit_tasks" : ""));
        settlement.retry();
        assertThat(states()).isEqualTo("settled succeeded");
    }

    private void refuseSuccess() throws SQLException {
        if (database.isShared()) {
            stored.execute("CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS"
                    + " 'BEGIN RAISE EXCEPTION ''refused''; END'");
            stored.execute("CREATE TRIGGER refused BEFORE UPDATE ON edit_tasks FOR EACH ROW"
                    + " WHEN (NEW.state = 'succeeded') EXECUTE FUNCTION refuse()");
        } else {
            stored.execute("CREATE TRIGGER refused BEFORE UPDATE ON edit_tasks WHEN NEW.state = 'succeeded'"
                    + " BEGIN SELECT RAISE(ABORT, 'refused'); END");
        }
    }

    @Test
    void errorEndsTheTask() {
        pipeline.beforeHold = () -> {
            throw new OutOfMemoryError("by the test");
        };
        pipeline.go.countDown();
        submit();
        awaitStates("none failed");
    }

    /** The task is adopted while this instance is frozen, and then this instance finds a reason to refuse it. */
    @Test
    void taskThatAnotherInstanceRunsKeepsItsKey() throws SQLException {
        Optional<IdempotencyKey> key = Optional.of(new IdempotencyKey("key_a", "name"));
        Task task = submit(new Exchange("edit-1", 0), key);
        await(pipeline.begun);
        stored.execute("UPDATE edit_tasks SET instance = 'inst_other'");
        pipeline.beforeHold = () -> {
            throw new ApiException(ErrorMessage.IDEMPOTENCY_KEY_IS_REUSED);
        };
        pipeline.go.countDown();
        service.close();
        assertThat(states()).isEqualTo("none running");
        assertThat(stored.number("SELECT count(*) FROM edit_answers WHERE task_id = '" + task.id() + "'"))
                .isEqualTo(1);
    }

    @Test
    void adoptedTaskIsNotDispatchedHere() throws SQLException {
        submit();
        await(pipeline.begun);
        stored.execute("UPDATE edit_tasks SET instance = 'inst_other', state = 'queued'");
        pipeline.go.countDown();
        service.close();
        assertThat(states()).isEqualTo("none queued");
    }

    @Test
    void taskIsWithdrawnIfItsClientLeavesWithoutItsId() throws Exception {
        Exchange exchange = new Exchange("edit-1", 0);
        CompletableFuture<Task> submitted = submitAndWait(exchange, Optional.empty());
        await(pipeline.begun);
        exchange.cancellation().cancel(Reason.CLIENT_GONE);
        assertThatThrownBy(submitted::join).hasCauseInstanceOf(CanceledException.class);
        assertThat(pipeline.canceled.get(20, TimeUnit.SECONDS)).isEqualTo(Reason.CLIENT_GONE);
        awaitStates("no task");
    }

    @Test
    void taskWithKeyContinuesIfItsClientLeaves() {
        Exchange exchange = new Exchange("edit-1", 0);
        CompletableFuture<Task> submitted = submitAndWait(exchange, Optional.of(new IdempotencyKey("key_a", "name")));
        await(pipeline.begun);
        exchange.cancellation().cancel(Reason.CLIENT_GONE);
        assertThatThrownBy(submitted::join).hasCauseInstanceOf(CanceledException.class);
        pipeline.go.countDown();
        awaitStates("settled succeeded");
    }

    /** The first client gets the refusal. The other one, which has the id, finds it there. */
    @Test
    void refusedTaskStaysIfRepeatedSubmissionHasItsId() {
        Optional<IdempotencyKey> key = Optional.of(new IdempotencyKey("key_a", "name"));
        CompletableFuture<Task> submitted = submitAndWait(new Exchange("edit-1", 0), key);
        await(pipeline.begun);
        TaskService.Submitted again = service.submit(REQUEST, PRINCIPAL, new Exchange("edit-2", 0), LINK_BASE, key,
                Optional.empty());
        assertThat(again.replayed()).isTrue();
        pipeline.beforeHold = () -> {
            throw new ApiException(ErrorMessage.IDEMPOTENCY_KEY_IS_REUSED);
        };
        pipeline.go.countDown();
        assertThatThrownBy(submitted::join).hasCauseInstanceOf(ReplayedErrorException.class);
        assertThat(service.find(again.task().id(), PRINCIPAL).state()).isEqualTo(TaskState.FAILED);
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
