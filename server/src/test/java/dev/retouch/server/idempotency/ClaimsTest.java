package dev.retouch.server.idempotency;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

import dev.retouch.server.billing.EditOrder;
import dev.retouch.server.billing.Ledger;
import dev.retouch.server.billing.Money;
import dev.retouch.server.contract.model.ErrorMessage;
import dev.retouch.server.fixture.Failures;
import dev.retouch.server.fixture.ManualClock;
import dev.retouch.server.store.Database;
import dev.retouch.server.store.Instance;
import dev.retouch.server.store.LateWrites;
import dev.retouch.server.store.TestDatabase;
import dev.retouch.server.store.TestDatabases;

import static org.assertj.core.api.Assertions.assertThat;

@ParameterizedClass
@EnumSource(TestDatabases.Kind.class)
class ClaimsTest {

    private static final IdempotencyKey KEY = new IdempotencyKey("key_a", "name");
    private static final StoredAnswer ANSWER = new StoredAnswer(200, true, Map.of("x-retouch-cost", "1 USD"), "ans_1",
            17);

    private final TestDatabase stored;
    private final Database database;
    private final ManualClock clock = ManualClock.atSomeTime();
    private final Instance dying;
    private final Ledger ledger;
    private final Claims ours;
    private final Claims others;

    ClaimsTest(TestDatabases.Kind kind) {
        this.stored = TestDatabases.fresh(kind);
        this.database = stored.open();
        this.dying = new Instance(database, clock);
        Instance living = new Instance(database, clock);
        this.ledger = new Ledger(database, clock, dying.id());
        this.ours = claims(dying);
        this.others = claims(living);
    }

    private Claims claims(Instance instance) {
        return new Claims(database, new LateWrites(database), ledger, instance, clock,
                new Claims.Lifetimes(Duration.ofHours(24), Duration.ofSeconds(10)));
    }

    @AfterEach
    void close() {
        stored.close();
    }

    private void letThrough(String editId) {
        ledger.hold(new EditOrder(editId, "key_a", "group", "m", "USD", "1", true, 1, Money.of(BigDecimal.ONE)));
    }

    private static void assertFails(Runnable attempt, ErrorMessage message) {
        assertThat(Failures.of(attempt::run).message()).isEqualTo(message);
    }

    @Test
    void aKeyIsTakenOnceAndAnsweredEverAfter() {
        assertThat(ours.take(KEY, "print", "edit-1")).isEmpty();
        assertFails(() -> others.take(KEY, "print", "edit-2"), ErrorMessage.IDEMPOTENCY_KEY_IS_IN_USE);
        ours.answered(KEY, "edit-1", ANSWER);
        assertThat(others.take(KEY, "print", "edit-2")).contains(ANSWER);
        assertThat(others.take(new IdempotencyKey("key_b", "name"), "print", "edit-3")).isEmpty();
    }

    @Test
    void anotherRequestIsRefusedWhetherTheFirstIsDoneOrNot() {
        ours.take(KEY, "print", "edit-1");
        assertFails(() -> ours.take(KEY, "other", "edit-2"), ErrorMessage.IDEMPOTENCY_KEY_IS_REUSED);
        ours.answered(KEY, "edit-1", ANSWER);
        assertFails(() -> ours.take(KEY, "other", "edit-2"), ErrorMessage.IDEMPOTENCY_KEY_IS_REUSED);
    }

    @Test
    void whoComesLateIsToldToWaitLonger() {
        ours.take(KEY, "print", "edit-1");
        assertThat(Failures.of(() -> ours.take(KEY, "print", "edit-2")).retryAfter())
                .contains(Duration.ofSeconds(1));
        clock.advance(Duration.ofSeconds(7));
        assertThat(Failures.of(() -> ours.take(KEY, "print", "edit-2")).retryAfter())
                .contains(Duration.ofSeconds(7));
        clock.advance(Duration.ofMinutes(7));
        assertThat(Failures.of(() -> ours.take(KEY, "print", "edit-2")).retryAfter())
                .contains(Duration.ofSeconds(15));
    }

    @Test
    void aFreedKeyIsTakenByWhoeverComes() {
        ours.take(KEY, "print", "edit-1");
        ours.free(KEY, "edit-1");
        assertThat(others.take(KEY, "other", "edit-2")).isEmpty();
        ours.free(KEY, "edit-1");
        ours.answered(KEY, "edit-1", ANSWER);
        assertFails(() -> ours.take(KEY, "other", "edit-3"), ErrorMessage.IDEMPOTENCY_KEY_IS_IN_USE);
    }

    @Test
    void whatWasLetThroughAndCutOffIsUnknownForEver() {
        ours.take(KEY, "print", "edit-1");
        letThrough("edit-1");
        ours.cutOff(KEY, "edit-1");
        assertFails(() -> ours.take(KEY, "print", "edit-2"), ErrorMessage.IDEMPOTENCY_OUTCOME_IS_UNKNOWN);
        IdempotencyKey harmless = new IdempotencyKey("key_a", "harmless");
        ours.take(harmless, "print", "edit-3");
        ours.cutOff(harmless, "edit-3");
        assertThat(ours.take(harmless, "print", "edit-4")).isEmpty();
    }

    @Test
    void theKeysOfADeadInstanceAreFreeWhereNothingWasLetThrough() {
        IdempotencyKey sent = new IdempotencyKey("key_a", "sent");
        ours.take(KEY, "print", "edit-1");
        ours.take(sent, "print", "edit-2");
        letThrough("edit-2");
        assertFails(() -> others.take(sent, "print", "edit-3"), ErrorMessage.IDEMPOTENCY_KEY_IS_IN_USE);
        clock.advance(Duration.ofSeconds(11));

        assertThat(others.take(KEY, "other", "edit-4")).isEmpty();
        assertFails(() -> others.take(sent, "print", "edit-5"), ErrorMessage.IDEMPOTENCY_OUTCOME_IS_UNKNOWN);
        dying.beat();
        assertFails(() -> others.take(sent, "print", "edit-5"), ErrorMessage.IDEMPOTENCY_KEY_IS_IN_USE);
    }

    @Test
    void whatHasExpiredIsForgotten() {
        ours.take(KEY, "print", "edit-1");
        ours.answered(KEY, "edit-1", ANSWER);
        clock.advance(Duration.ofHours(25));
        assertThat(ours.take(KEY, "other", "edit-2")).isEmpty();
        ours.answered(KEY, "edit-2", ANSWER);
        clock.advance(Duration.ofHours(25));
        ours.removeExpired();
        assertThat(database.<Integer>read(handle -> handle.createQuery("SELECT count(*) FROM edit_answers")
                .mapTo(Integer.class).one())).isZero();
    }

    @Test
    void aTaskStandsForItsKeyUntilItIsRefused() {
        assertThat(forTask("print", "task-1")).isEmpty();
        assertThat(forTask("print", "task-2")).contains("task-1");
        assertFails(() -> forTask("other", "task-2"), ErrorMessage.IDEMPOTENCY_KEY_IS_REUSED);
        assertFails(() -> ours.take(KEY, "print", "edit"), ErrorMessage.IDEMPOTENCY_KEY_IS_IN_USE);
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
