package dev.retouch.server.idempotency;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

import dev.retouch.server.billing.Ledger;
import dev.retouch.server.contract.model.ErrorMessage;
import dev.retouch.server.database.Database;
import dev.retouch.server.database.Database.Work;
import dev.retouch.server.database.DeferredWrites;
import dev.retouch.server.database.DirectSql;
import dev.retouch.server.database.Instance;
import dev.retouch.server.error.ApiException;

/**
 * Stores which idempotency keys are claimed, by which edits, and their responses. A claim is the first write of an
 * edit. Claims of one key wait for each other at its row, so of concurrent requests with one key exactly one succeeds.
 */
public final class IdempotencyRepository {

    /**
     * The maximum {@code retry-after}. The delay grows with the time that the edit has been running, so that clients
     * retry rarely.
     */
    private static final Duration MAX_RETRY_AFTER = Duration.ofSeconds(15);

    /** A claim whose edit is run by a living instance, or whose task has not ended: it does not expire. */
    private static final String MAY_RUN = """
            (state = 'running' AND CASE WHEN task_id IS NULL
                THEN instance = :self OR instance IN (SELECT id FROM instances WHERE seen_at >= :alive)
                ELSE task_id IN (SELECT id FROM edit_tasks WHERE state IN ('queued', 'running')) END)""";

    /** How long a statement can be executed after its connection broke: as long as systems send again what was not confirmed. */
    private static final Duration LATEST = Duration.ofMinutes(15);

    /** The number of claims that are removed by a statement. */
    private static final int BATCH = 500;

    private final Database database;
    private final DeferredWrites deferredWrites;
    private final Ledger ledger;
    private final Instance self;
    private final Clock clock;
    private final Duration lifetime;
    private final ObjectMapper mapper = new ObjectMapper();
    private final Queue<Uncertain> uncertain = new ConcurrentLinkedQueue<>();

    /** A claim that was released, of an edit that never runs. Its statement may still be executed. */
    private record Uncertain(IdempotencyKey key, String editId, Instant since) {}

    /**
     * Creates a repository in the database.
     *
     * @param self this instance, by whose clock claims expire
     * @param lifetime how long a key is claimed
     */
    public IdempotencyRepository(Database database, DeferredWrites deferredWrites, Ledger ledger, Instance self,
            Duration lifetime) {
        this.database = database;
        this.deferredWrites = deferredWrites;
        this.ledger = ledger;
        this.self = self;
        this.clock = self.clock();
        this.lifetime = lifetime;
    }

    private record Row(String fingerprint, String editId, @Nullable String taskId, String instance,
            @Nullable StoredResponse answer, String state, boolean dispatched, long created, long expires) {

        boolean running() {
            return state.equals("running");
        }
    }

    /**
     * Claims a key for an edit.
     *
     * @return empty if the key is now claimed; otherwise the stored response
     */
    Optional<StoredResponse> claim(IdempotencyKey key, String fingerprint, String editId) {
        if (database.writeStatement(handle -> inserted(handle, key, fingerprint, editId, null))) {
            return Optional.empty();
        }
        return database.write(handle -> taken(handle, key, fingerprint, editId, null)
                .map(row -> answerOf(handle, row, fingerprint)));
    }

    /** The failure of an edit whose claim another edit has taken over. */
    static ApiException lost() {
        return inUse(Duration.ofSeconds(1));
    }

    /**
     * Claims a key for a task, in the transaction that inserts the task.
     *
     * @return the id of the task that already claimed the key; empty if the key is now claimed
     */
    public Optional<String> takeForTask(Handle handle, IdempotencyKey key, String fingerprint, String editId,
            String taskId) {
        Optional<Row> other = taken(handle, key, fingerprint, editId, taskId);
        other.ifPresent(row -> refuseOthers(row, fingerprint));
        return other.map(Row::taskId);
    }

    /** Claims a key; returns the row of the edit that keeps it, or empty if the key is now claimed. */
    private Optional<Row> taken(Handle handle, IdempotencyKey key, String fingerprint, String editId,
            @Nullable String taskId) {
        while (true) {
            if (inserted(handle, key, fingerprint, editId, taskId)) {
                return Optional.empty();
            }
            Optional<Row> row = row(handle, key);
            if (row.isPresent() && !isFree(handle, key, row.get())) {
                return row;
            }
            if (row.isPresent() && replaced(handle, key, row.get(), fingerprint, editId, taskId)) {
                return Optional.empty();
            }
        }
    }

    /**
     * Locks the claim of a task for a transaction that will end the task and release its key. A repeated submission locks the claim before
     * the task, too; in the other order both could wait for each other.
     */
    public void lockTask(Handle handle, String taskId) {
        handle.createQuery("SELECT edit_id FROM edit_answers WHERE task_id = :task" + DirectSql.rowLock(handle))
                .bind("task", taskId).mapTo(String.class).findOne();
    }

    /** Releases the key of a task that was withdrawn, in the transaction that ends the task. */
    public void freeTask(Handle handle, String taskId) {
        handle.execute("DELETE FROM edit_answers WHERE task_id = ?", taskId);
    }

    /** Stores the response of an edit. Has no effect if another edit has claimed the key since. */
    void complete(IdempotencyKey key, String editId, StoredResponse answer) {
        deferredWrites.writeStatement("store response of edit=" + editId, completion(key, editId, answer));
    }

    /** Stores the response of an edit whose instance may have ended; durable when this method returns. */
    void completeNow(IdempotencyKey key, String editId, StoredResponse answer) {
        database.write(completion(key, editId, answer));
    }

    /** The work of {@link #complete}, for a transaction of the caller. */
    Work<Integer> completion(IdempotencyKey key, String editId, StoredResponse answer) {
        String headers = json(answer.headers());
        long expires = expiry();
        return handle -> handle.createUpdate("""
                UPDATE edit_answers SET state = 'answered', status = :status, streamed = :streamed, headers = :headers,
                    file = :file, size = :size, expires_at = :expires
                WHERE account = :account AND idempotency_key = :key AND edit_id = :edit""")
                .bind("status", answer.status()).bind("streamed", answer.streamed() ? 1 : 0).bind("headers", headers)
                .bind("file", answer.file()).bind("size", answer.size()).bind("expires", expires)
                .bind("account", key.account())
                .bind("key", key.value()).bind("edit", editId).execute();
    }

    /** Releases the key of an edit that was refused before its dispatch. */
    void release(IdempotencyKey key, String editId) {
        deferredWrites.writeStatement("release key of edit=" + editId, handle -> delete(handle, key, editId));
    }

    /**
     * Releases a key of which it is unknown whether the edit has claimed it. Claims it before, which waits for a transaction that is about
     * to do so; otherwise it could claim the key later, for an edit that never runs. {@link #removeLateClaims} removes the claim of a
     * statement that has not begun until then.
     */
    void releaseUncertain(IdempotencyKey key, String fingerprint, String editId) {
        deferredWrites.write("release key of edit=" + editId, handle -> {
            inserted(handle, key, fingerprint, editId, null);
            return delete(handle, key, editId);
        });
        uncertain.add(new Uncertain(key, editId, clock.instant()));
    }

    /**
     * Removes claims whose statement was executed after their release, because it was still on its way when its connection broke. Their
     * keys would be in use as long as this instance lives.
     */
    void removeLateClaims() {
        Instant latest = clock.instant().minus(LATEST);
        for (Uncertain claim : uncertain) {
            database.writeStatement(handle -> delete(handle, claim.key(), claim.editId()));
        }
        uncertain.removeIf(claim -> claim.since().isBefore(latest));
    }

    /**
     * Ends the claim of an edit without a response. If the edit was dispatched, its outcome stays unknown; otherwise
     * the key is released.
     */
    void markUndecided(IdempotencyKey key, String editId) {
        deferredWrites.write("mark undecided edit=" + editId, handle -> ledger.hasHold(handle, editId)
                ? handle.createUpdate("""
                        UPDATE edit_answers SET state = 'unknown'
                        WHERE account = :account AND idempotency_key = :key AND edit_id = :edit""")
                        .bind("account", key.account()).bind("key", key.value()).bind("edit", editId).execute()
                : delete(handle, key, editId));
    }

    /** Whether an edit was dispatched. */
    boolean wasDispatched(String editId) {
        return database.read(handle -> ledger.hasHold(handle, editId));
    }

    /** Removes expired claims, except those whose edit may still run, some at a time. Writes nothing if there are none. */
    void removeExpired() {
        long now = clock.millis();
        long alive = self.deadBefore();
        boolean more = database.read(handle -> handle.createQuery("""
                SELECT count(*) FROM (SELECT 1 FROM edit_answers WHERE expires_at < :now LIMIT 1) AS expired""")
                .bind("now", now).mapTo(Integer.class).one()) > 0;
        while (more) {
            more = database.writeStatement(handle -> handle
                    .createUpdate(
                            """
                                    DELETE FROM edit_answers WHERE (account, idempotency_key) IN
                                    (SELECT account, idempotency_key FROM edit_answers WHERE expires_at < :now AND NOT %s LIMIT :batch)"""
                                    .formatted(MAY_RUN))
                    .bind("now", now).bind("self", self.id()).bind("alive", alive)
                    .bind("batch", BATCH).execute()) == BATCH;
        }
    }

    private StoredResponse answerOf(Handle handle, Row row, String fingerprint) {
        refuseOthers(row, fingerprint);
        if (row.answer() != null) {
            return row.answer();
        }
        if (row.running() && self.isAlive(handle, row.instance())) {
            Duration delay = waiting(row);
            throw inUse(delay);
        }
        throw new ApiException(ErrorMessage.IDEMPOTENCY_OUTCOME_IS_UNKNOWN);
    }

    private static ApiException inUse(Duration delay) {
        return new ApiException(ErrorMessage.IDEMPOTENCY_KEY_IS_IN_USE).withArgument("seconds", delay.toSeconds())
                .retryAfter(delay);
    }

    private Duration waiting(Row row) {
        long seconds = Duration.ofMillis(clock.millis() - row.created()).toSeconds();
        return Duration.ofSeconds(Math.clamp(seconds, 1, MAX_RETRY_AFTER.toSeconds()));
    }

    private static void refuseOthers(Row row, String fingerprint) {
        if (!row.fingerprint().equals(fingerprint)) {
            throw new ApiException(ErrorMessage.IDEMPOTENCY_KEY_IS_REUSED);
        }
    }

    /** Whether a claim has expired, or belongs to an edit that was not dispatched and will never be. */
    private boolean isFree(Handle handle, IdempotencyKey key, Row row) {
        if (row.expires() < clock.millis()) {
            return !mayRun(handle, key);
        }
        return row.running() && row.taskId() == null && !self.isAlive(handle, row.instance()) && !row.dispatched()
                && !ledger.hasHold(handle, row.editId());
    }

    private boolean mayRun(Handle handle, IdempotencyKey key) {
        return handle
                .createQuery(
                        "SELECT count(*) FROM edit_answers WHERE account = :account AND idempotency_key = :key AND "
                                + MAY_RUN)
                .bind("account", key.account()).bind("key", key.value()).bind("self", self.id())
                .bind("alive", self.deadBefore()).mapTo(Integer.class).one() > 0;
    }

    private boolean inserted(Handle handle, IdempotencyKey key, String fingerprint, String editId,
            @Nullable String taskId) {
        return handle.createUpdate("""
                INSERT INTO edit_answers (account, idempotency_key, fingerprint, edit_id, task_id, instance, state,
                    created_at, expires_at)
                VALUES (:account, :key, :fingerprint, :edit, :task, :instance, 'running', :now, :expires)
                ON CONFLICT (account, idempotency_key) DO NOTHING""").bind("account", key.account())
                .bind("key", key.value()).bind("fingerprint", fingerprint).bind("edit", editId).bind("task", taskId)
                .bind("instance", self.id()).bind("now", clock.millis())
                .bind("expires", expiry()).execute() > 0;
    }

    private long expiry() {
        return clock.instant().plus(lifetime).toEpochMilli();
    }

    /**
     * Gives a free claim to another edit. The condition repeats what made it free, so that it fails if the edit that had the claim was
     * held meanwhile.
     */
    private boolean replaced(Handle handle, IdempotencyKey key, Row free, String fingerprint, String editId,
            @Nullable String taskId) {
        return handle.createUpdate("""
                UPDATE edit_answers SET fingerprint = :fingerprint, edit_id = :edit, task_id = :task,
                    instance = :instance, state = 'running', dispatched = 0, status = NULL, streamed = NULL,
                    headers = NULL, file = NULL, size = NULL, created_at = :now, expires_at = :expires
                WHERE account = :account AND idempotency_key = :key AND edit_id = :free
                    AND state = :state AND dispatched = :dispatched AND expires_at = :expired""")
                .bind("fingerprint", fingerprint)
                .bind("edit", editId).bind("task", taskId).bind("instance", self.id()).bind("now", clock.millis())
                .bind("expires", expiry()).bind("account", key.account()).bind("key", key.value())
                .bind("free", free.editId()).bind("state", free.state()).bind("dispatched", free.dispatched() ? 1 : 0)
                .bind("expired", free.expires()).execute() > 0;
    }

    private static int delete(Handle handle, IdempotencyKey key, String editId) {
        return handle.execute("DELETE FROM edit_answers WHERE account = ? AND idempotency_key = ? AND edit_id = ?",
                key.account(), key.value(), editId);
    }

    private Optional<Row> row(Handle handle, IdempotencyKey key) {
        return handle.createQuery("""
                SELECT fingerprint, edit_id, task_id, instance, state, dispatched, status, streamed, headers, file,
                    size, created_at, expires_at
                FROM edit_answers WHERE account = :account AND idempotency_key = :key""" + DirectSql.rowLock(handle))
                .bind("account", key.account()).bind("key", key.value())
                .map((columns, context) -> row(columns)).findOne();
    }

    private Row row(ResultSet columns) throws SQLException {
        String state = columns.getString("state");
        StoredResponse answer = state.equals("answered")
                ? new StoredResponse(columns.getInt("status"), columns.getInt("streamed") != 0,
                        headers(columns.getString("headers")), columns.getString("file"), columns.getLong("size"))
                : null;
        return new Row(columns.getString("fingerprint"), columns.getString("edit_id"), columns.getString("task_id"),
                columns.getString("instance"), answer, state, columns.getInt("dispatched") != 0,
                columns.getLong("created_at"), columns.getLong("expires_at"));
    }

    private String json(Map<String, String> headers) {
        try {
            return mapper.writeValueAsString(headers);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a map of strings cannot be written as JSON", e);
        }
    }

    private Map<String, String> headers(String json) {
        try {
            return mapper.readValue(json, new TypeReference<Map<String, String>>() {
            });
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("the stored headers of a response are not valid JSON", e);
        }
    }
}
