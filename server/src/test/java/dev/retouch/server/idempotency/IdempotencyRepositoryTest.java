package dev.retouch.server.idempotency;

import java.math.BigDecimal;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

import dev.retouch.server.billing.HoldConditionException;
import dev.retouch.server.billing.HoldRequest;
import dev.retouch.server.billing.Ledger;
import dev.retouch.server.billing.Money;
import dev.retouch.server.contract.model.ErrorMessage;
import dev.retouch.server.database.Database;
import dev.retouch.server.database.DeferredWrites;
import dev.retouch.server.database.Instance;
import dev.retouch.server.database.TestDatabase;
import dev.retouch.server.database.TestDatabases;
import dev.retouch.server.exchange.DurableEdit.Claim;
import dev.retouch.server.fixture.Failures;
import dev.retouch.server.fixture.ManualClock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

@ParameterizedClass
@EnumSource(TestDatabases.Kind.class)
@Tag("slow")
class IdempotencyRepositoryTest {

    private static final IdempotencyKey KEY = new IdempotencyKey("key_a", "name");
    private static final StoredResponse ANSWER = new StoredResponse(200, true, Map.of("x-retouch-cost", "1 USD"),
            "ans_1",
            17);

    private final TestDatabase stored;
    private final Database database;
    private final ManualClock clock = ManualClock.atSomeTime();
    private final Instance dying;
    private final Ledger ledger;
    private final IdempotencyRepository ours;
    private final IdempotencyRepository others;

    IdempotencyRepositoryTest(TestDatabases.Kind kind) {
        this.stored = TestDatabases.fresh(kind);
        this.database = stored.open();
        this.dying = Instance.timedBy(database, clock, Duration.ofSeconds(10));
        Instance living = Instance.timedBy(database, clock, Duration.ofSeconds(10));
        this.ledger = new Ledger(database, clock, dying.id());
        this.ours = claims(dying);
        this.others = claims(living);
    }

    private IdempotencyRepository claims(Instance instance) {
        return new IdempotencyRepository(database, new DeferredWrites(database), ledger, instance,
                Duration.ofHours(24));
    }

    @AfterEach
    void close() {
        stored.close();
    }

    private void letThrough(String editId) {
        ledger.hold(order(editId));
    }

    private static void assertFails(Runnable attempt, ErrorMessage message) {
        assertThat(Failures.of(attempt::run).message()).isEqualTo(message);
    }

    @Test
    void aKeyIsTakenOnceAndAnsweredEverAfter() {
        assertThat(ours.claim(KEY, "print", "edit-1")).isEmpty();
        assertFails(() -> others.claim(KEY, "print", "edit-2"), ErrorMessage.IDEMPOTENCY_KEY_IS_IN_USE);
        ours.complete(KEY, "edit-1", ANSWER);
        assertThat(others.claim(KEY, "print", "edit-2")).contains(ANSWER);
        assertThat(others.claim(new IdempotencyKey("key_b", "name"), "print", "edit-3")).isEmpty();
    }

    @Test
    void refusesOtherRequestWithTheSameKey() {
        ours.claim(KEY, "print", "edit-1");
        assertFails(() -> ours.claim(KEY, "other", "edit-2"), ErrorMessage.IDEMPOTENCY_KEY_IS_REUSED);
        ours.complete(KEY, "edit-1", ANSWER);
        assertFails(() -> ours.claim(KEY, "other", "edit-2"), ErrorMessage.IDEMPOTENCY_KEY_IS_REUSED);
    }

    @Test
    void retryAfterGrowsWithTheRunningTime() {
        ours.claim(KEY, "print", "edit-1");
        assertThat(Failures.of(() -> ours.claim(KEY, "print", "edit-2")).retryAfter())
                .contains(Duration.ofSeconds(1));
        clock.advance(Duration.ofSeconds(7));
        assertThat(Failures.of(() -> ours.claim(KEY, "print", "edit-2")).retryAfter())
                .contains(Duration.ofSeconds(7));
        clock.advance(Duration.ofMinutes(7));
        assertThat(Failures.of(() -> ours.claim(KEY, "print", "edit-2")).retryAfter())
                .contains(Duration.ofSeconds(15));
    }

    @Test
    void releasedKeyCanBeClaimed() {
        ours.claim(KEY, "print", "edit-1");
        ours.release(KEY, "edit-1");
        assertThat(others.claim(KEY, "other", "edit-2")).isEmpty();
        ours.release(KEY, "edit-1");
        ours.complete(KEY, "edit-1", ANSWER);
        assertFails(() -> ours.claim(KEY, "other", "edit-3"), ErrorMessage.IDEMPOTENCY_KEY_IS_IN_USE);
    }

    @Test
    void dispatchedEditWithoutResponseStaysUnknown() {
        ours.claim(KEY, "print", "edit-1");
        letThrough("edit-1");
        ours.markUndecided(KEY, "edit-1");
        assertFails(() -> ours.claim(KEY, "print", "edit-2"), ErrorMessage.IDEMPOTENCY_OUTCOME_IS_UNKNOWN);
        IdempotencyKey harmless = new IdempotencyKey("key_a", "harmless");
        ours.claim(harmless, "print", "edit-3");
        ours.markUndecided(harmless, "edit-3");
        assertThat(ours.claim(harmless, "print", "edit-4")).isEmpty();
    }

    @Test
    void releasesKeysOfDeadInstanceIfNotDispatched() {
        IdempotencyKey sent = new IdempotencyKey("key_a", "sent");
        ours.claim(KEY, "print", "edit-1");
        ours.claim(sent, "print", "edit-2");
        letThrough("edit-2");
        assertFails(() -> others.claim(sent, "print", "edit-3"), ErrorMessage.IDEMPOTENCY_KEY_IS_IN_USE);
        clock.advance(Duration.ofSeconds(11));

        assertThat(others.claim(KEY, "other", "edit-4")).isEmpty();
        assertFails(() -> others.claim(sent, "print", "edit-5"), ErrorMessage.IDEMPOTENCY_OUTCOME_IS_UNKNOWN);
        dying.heartbeat();
        assertFails(() -> others.claim(sent, "print", "edit-5"), ErrorMessage.IDEMPOTENCY_KEY_IS_IN_USE);
    }

    private static final Claim CLAIM = new Claim(KEY.account(), KEY.value());

    private static HoldRequest order(String editId) {
        return new HoldRequest(editId, "key_a", "group", "m", "USD", "1", true, 1, Money.of(BigDecimal.ONE));
    }

    /** The owner freezes between its claim and its hold, and wakes up after another instance has taken the claim over. */
    @Test
    void editThatLostItsClaimIsNotHeld() {
        ours.claim(KEY, "print", "edit-1");
        clock.advance(Duration.ofSeconds(11));
        assertThat(others.claim(KEY, "print", "edit-2")).isEmpty();

        assertThatThrownBy(() -> ledger.hold(order("edit-1"), CLAIM))
                .isInstanceOf(HoldConditionException.class);
        assertThat(ours.wasDispatched("edit-1")).isFalse();
        ledger.hold(order("edit-2"), CLAIM);
        assertThat(others.wasDispatched("edit-2")).isTrue();
        ours.release(KEY, "edit-1");
        ours.markUndecided(KEY, "edit-1");
        others.complete(KEY, "edit-2", ANSWER);
        assertThat(ours.claim(KEY, "print", "edit-3")).contains(ANSWER);
    }

    @Test
    void claimOfHeldEditIsNotTakenOver() {
        ours.claim(KEY, "print", "edit-1");
        ledger.hold(order("edit-1"), CLAIM);
        clock.advance(Duration.ofSeconds(11));
        assertFails(() -> others.claim(KEY, "print", "edit-2"), ErrorMessage.IDEMPOTENCY_OUTCOME_IS_UNKNOWN);
    }

    /** The mark of the claim alone keeps it, so that no reader needs the ledger's lock to see it. */
    @Test
    void dispatchedClaimIsKeptWithoutTheLedger() throws SQLException {
        ours.claim(KEY, "print", "edit-1");
        stored.execute("UPDATE edit_answers SET dispatched = 1");
        clock.advance(Duration.ofSeconds(11));
        assertFails(() -> others.claim(KEY, "print", "edit-2"), ErrorMessage.IDEMPOTENCY_OUTCOME_IS_UNKNOWN);
    }

    /** An edit may take longer than the lifetime of responses. */
    @Test
    void claimOfRunningEditDoesNotExpire() {
        ours.claim(KEY, "print", "edit-1");
        clock.advance(Duration.ofHours(25));
        dying.heartbeat();
        others.removeExpired();
        assertFails(() -> others.claim(KEY, "print", "edit-2"), ErrorMessage.IDEMPOTENCY_KEY_IS_IN_USE);
        ours.complete(KEY, "edit-1", ANSWER);
        assertThat(others.claim(KEY, "print", "edit-2")).contains(ANSWER);
        clock.advance(Duration.ofHours(23));
        others.removeExpired();
        assertThat(others.claim(KEY, "print", "edit-2")).as("stored when it was complete").contains(ANSWER);
    }

    @Test
    void claimOfTaskDoesNotExpireBeforeTheTaskHasEnded() throws SQLException {
        assertThat(forTask("print", "task-1")).isEmpty();
        stored.execute("INSERT INTO edit_tasks (id, account, key_id, edit_id, instance, state, link_base, asked,"
                + " completed, partial, created_at, expires_at) VALUES ('task-1', 'key_a', 'key_a', 'edit', 'inst',"
                + " 'queued', 'http://localhost', 1, 0, 0, 0, 0)");
        clock.advance(Duration.ofHours(25));
        others.removeExpired();
        assertThat(forTask("print", "task-2")).contains("task-1");
        stored.execute("UPDATE edit_tasks SET state = 'succeeded'");
        assertThat(forTask("print", "task-2")).isEmpty();
    }

    @Test
    void removesExpiredClaims() {
        ours.claim(KEY, "print", "edit-1");
        ours.complete(KEY, "edit-1", ANSWER);
        clock.advance(Duration.ofHours(25));
        assertThat(ours.claim(KEY, "other", "edit-2")).isEmpty();
        ours.complete(KEY, "edit-2", ANSWER);
        clock.advance(Duration.ofHours(25));
        ours.removeExpired();
        assertThat(database.<Integer>read(handle -> handle.createQuery("SELECT count(*) FROM edit_answers")
                .mapTo(Integer.class).one())).isZero();
    }

    @Test
    void taskKeepsItsKeyUntilItIsRefused() {
        assertThat(forTask("print", "task-1")).isEmpty();
        assertThat(forTask("print", "task-2")).contains("task-1");
        assertFails(() -> forTask("other", "task-2"), ErrorMessage.IDEMPOTENCY_KEY_IS_REUSED);
        assertFails(() -> ours.claim(KEY, "print", "edit"), ErrorMessage.IDEMPOTENCY_KEY_IS_IN_USE);
        clock.advance(Duration.ofMinutes(1));
        assertThat(forTask("print", "task-2")).as("its instance is dead, and the task is not").contains("task-1");
        database.write(handle -> {
            ours.freeTask(handle, "task-1");
            return true;
        });
        assertThat(forTask("other", "task-3")).isEmpty();
    }

    private Optional<String> forTask(String fingerprint, String taskId) {
        return database.write(handle -> ours.takeForTask(handle, KEY, fingerprint, "edit-of-" + taskId, taskId));
    }
}
