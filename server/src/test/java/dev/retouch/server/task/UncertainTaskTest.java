package dev.retouch.server.task;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.retouch.server.admission.AdmissionLimits;
import dev.retouch.server.admission.StorageQuota;
import dev.retouch.server.answer.EditResponse;
import dev.retouch.server.billing.Ledger;
import dev.retouch.server.database.Database;
import dev.retouch.server.database.DeferredWrites;
import dev.retouch.server.database.DelayedCommits;
import dev.retouch.server.database.Instance;
import dev.retouch.server.edit.EditRequest;
import dev.retouch.server.error.ReplayedErrorException;
import dev.retouch.server.exchange.EditObserver;
import dev.retouch.server.exchange.Exchange;
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

/**
 * The connection to PostgreSQL breaks while it commits a task: the submission fails, and it is unknown whether the task was entered.
 */
@Tag("slow")
class UncertainTaskTest {

    private static final URI LINK_BASE = URI.create("http://localhost/");
    private static final EditRequest REQUEST = new EditRequest(Optional.empty(), Optional.of("p"), List.of(),
            Optional.empty(), Map.of(), Map.of());
    private static final ApiPrincipal PRINCIPAL = new ApiPrincipal(new ApiKey("key_a", "key_a", "team", "", "sk",
            AdmissionLimits.NONE, Instant.EPOCH, null, false, null, null), Group.open("team"));
    private static final Optional<IdempotencyKey> KEY = Optional.of(new IdempotencyKey("key_a", "name"));
    private static final Duration LIFETIME = Duration.ofHours(24);

    private final DelayedCommits commits;
    private final DeferredWrites writes;
    private final TaskService service;
    private final AtomicInteger edits = new AtomicInteger();

    UncertainTaskTest(@TempDir Path dataDir) throws IOException, SQLException {
        this.commits = new DelayedCommits(dataDir);
        Database database = commits.database();
        ManualClock clock = ManualClock.atSomeTime();
        Instance self = Instance.timedBy(database, clock, Duration.ofSeconds(10));
        Ledger ledger = new Ledger(database, clock, self.id());
        this.writes = new DeferredWrites(database);
        TaskRepository tasks = new TaskRepository(database, ledger, self, LIFETIME);
        TaskFiles files = new TaskFiles(new DiskStore(dataDir), dataDir, new Spool(dataDir.resolve("tmp"), 10), clock,
                StorageQuota.UNLIMITED);
        this.service = new TaskService(tasks, files,
                new TaskRunner((request, principal, exchange, linkBase, progress) -> edited(), _ -> PRINCIPAL, files,
                        tasks, LIFETIME, EditObserver.NONE),
                new IdempotencyRepository(database, writes, ledger, self, LIFETIME), writes,
                (failure, _) -> new ReplayedErrorException(500, Map.of(), "{\"error\":{}}"),
                new TaskService.Settings(4, 10, Duration.ofMillis(300), Duration.ofSeconds(1)));
    }

    private EditResponse edited() {
        edits.incrementAndGet();
        return new EditResponse(false, Map.of(), out -> {
            out.write("{\"data\":[{}]}".getBytes(StandardCharsets.UTF_8));
            return Map.of();
        });
    }

    @BeforeEach
    void delayCommits() throws SQLException {
        commits.delay("edit_tasks", "NEW.state = 'queued'");
    }

    @AfterEach
    void close() throws IOException, SQLException {
        service.close();
        commits.close();
    }

    private TaskService.Submitted submit(String editId) {
        return service.submit(REQUEST, PRINCIPAL, new Exchange(editId, 0), LINK_BASE, KEY, Optional.empty());
    }

    private void submitAndBreak() throws IOException {
        commits.breakCommitOf(() -> submit("edit-1"));
    }

    @Test
    void taskStaysIfRepeatedSubmissionHasItsId() throws Exception {
        submitAndBreak();
        commits.commit();
        service.inherit();
        assertThat(edits).as("undecided, so it must not run").hasValue(0);
        TaskService.Submitted again = submit("edit-2");
        assertThat(again.replayed()).isTrue();

        writes.retry();
        service.inherit();
        Eventually.so("the task has succeeded",
                () -> service.find(again.task().id(), PRINCIPAL).state() == TaskState.SUCCEEDED);
        assertThat(edits).hasValue(1);
    }

    @Test
    void taskIsRemovedIfNoClientHasItsId() throws Exception {
        submitAndBreak();
        commits.commit();
        writes.retry();
        assertThat(commits.number("SELECT count(*) FROM edit_tasks")).isZero();
        service.inherit();
        assertThat(edits).hasValue(0);
        assertThat(submit("edit-2").replayed()).as("the key is free").isFalse();
    }

    /** The removal waits for the commit, so that the task does not appear after it. */
    @Test
    void taskIsRemovedAlthoughItsCommitIsLate() throws Exception {
        submitAndBreak();
        CompletableFuture<Void> removal = CompletableFuture.runAsync(writes::retry);
        commits.awaitWaiting();
        commits.commit();
        removal.join();
        assertThat(commits.number("SELECT count(*) FROM edit_tasks")).isZero();
        assertThat(submit("edit-2").replayed()).as("the key is free").isFalse();
    }

    /** A repeated submission has locked the claim, and will lock the task. */
    @Test
    void removalLocksClaimBeforeTask() throws Exception {
        submitAndBreak();
        commits.commit();
        Connection submission = commits.lock("SELECT 1 FROM edit_answers FOR UPDATE");
        CompletableFuture<Void> removal = CompletableFuture.runAsync(writes::retry);
        commits.awaitWaiting();
        assertThat(commits.number("SELECT count(*) FROM (SELECT id FROM edit_tasks FOR UPDATE NOWAIT) AS unlocked"))
                .isEqualTo(1);
        submission.rollback();
        removal.join();
        assertThat(commits.number("SELECT count(*) FROM edit_tasks")).isZero();
    }
}
