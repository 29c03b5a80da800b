package dev.retouch.server.idempotency;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

import dev.retouch.server.billing.Ledger;
import dev.retouch.server.contract.model.ErrorMessage;
import dev.retouch.server.error.ApiException;
import dev.retouch.server.store.Database;
import dev.retouch.server.store.Instance;
import dev.retouch.server.store.LateWrites;

/**
 * Which keys are taken, by which edits, and what these ended in. A key is taken in one write, before anything else is done; those
 * who write take turns, on all instances, so of many requests under one key one gets it.
 */
public final class Claims {

    /** A client that is told to wait as long as an edit has been running asks few times, however long it takes. */
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(15);

    private final Database database;
    private final LateWrites late;
    private final Ledger ledger;
    private final Instance self;
    private final Clock clock;
    private final Lifetimes lifetimes;
    private final ObjectMapper mapper = new ObjectMapper();

    /** The keys in a database. */
    public Claims(Database database, LateWrites late, Ledger ledger, Instance self, Clock clock, Lifetimes lifetimes) {
        this.database = database;
        this.late = late;
        this.ledger = ledger;
        this.self = self;
        this.clock = clock;
        this.lifetimes = lifetimes;
    }

    /**
     * When something is given up.
     *
     * @param answers how long a key is taken
     * @param deadAfter an instance that was not seen for so long is dead
     */
    public record Lifetimes(Duration answers, Duration deadAfter) {}

    private record Row(String fingerprint, String editId, @Nullable String taskId, String instance,
            @Nullable StoredAnswer answer, boolean running, long created, long expires) {}

    /**
     * Takes a key for an edit.
     *
     * @return nothing where it is taken now; otherwise the answer that is there already
     */
    Optional<StoredAnswer> take(IdempotencyKey key, String fingerprint, String editId) {
        return database.write(handle -> {
            if (inserted(handle, key, fingerprint, editId, null)) {
                return Optional.empty();
            }
            Row row = row(handle, key);
            if (isFree(handle, row)) {
                replace(handle, key, fingerprint, editId, null);
                return Optional.empty();
            }
            return Optional.of(answerOf(handle, row, fingerprint));
        });
    }

    /**
     * Takes a key for a task, within the write that enters the task: either both are there or none.
     *
     * @return the id of the task that has the key already, if there is one
     */
    public Optional<String> takeForTask(Handle handle, IdempotencyKey key, String fingerprint, String editId,
            String taskId) {
        if (inserted(handle, key, fingerprint, editId, taskId)) {
            return Optional.empty();
        }
        Row row = row(handle, key);
        if (isFree(handle, row)) {
            replace(handle, key, fingerprint, editId, taskId);
            return Optional.empty();
        }
        refuseOthers(row, fingerprint);
        return Optional.ofNullable(row.taskId());
    }

    /** Frees the key of a task that came to nothing, within the write that ends the task. */
    public void freeTask(Handle handle, String taskId) {
        handle.execute("DELETE FROM edit_answers WHERE task_id = ?", taskId);
    }

    /** Keeps what an edit ended in. Has no effect once the key has gone to another edit. */
    void answered(IdempotencyKey key, String editId, StoredAnswer answer) {
        String headers = json(answer.headers());
        late.write("answer of edit=" + editId, handle -> handle.createUpdate("""
                UPDATE edit_answers SET state = 'answered', status = :status, streamed = :streamed, headers = :headers,
                    file = :file, size = :size
                WHERE account = :account AND idempotency_key = :key AND edit_id = :edit""")
                .bind("status", answer.status()).bind("streamed", answer.streamed() ? 1 : 0).bind("headers", headers)
                .bind("file", answer.file()).bind("size", answer.size()).bind("account", key.account())
                .bind("key", key.value()).bind("edit", editId).execute());
    }

    /** Frees the key of an edit that was refused before it was sent. */
    void free(IdempotencyKey key, String editId) {
        late.write("key free of edit=" + editId, handle -> delete(handle, key, editId));
    }

    /** Ends an edit of which nobody can say what became: where it was let through, nobody ever will. */
    void cutOff(IdempotencyKey key, String editId) {
        late.write("cut off edit=" + editId, handle -> ledger.knows(handle, editId)
                ? handle.createUpdate("""
                        UPDATE edit_answers SET state = 'unknown'
                        WHERE account = :account AND idempotency_key = :key AND edit_id = :edit""")
                        .bind("account", key.account()).bind("key", key.value()).bind("edit", editId).execute()
                : delete(handle, key, editId));
    }

    /** Whether an edit was let through. */
    boolean wasLetThrough(String editId) {
        return database.read(handle -> ledger.knows(handle, editId));
    }

    /** Forgets what has expired. */
    void removeExpired() {
        database.write(handle -> handle.createUpdate("DELETE FROM edit_answers WHERE expires_at < :now")
                .bind("now", clock.millis()).execute());
    }

    private StoredAnswer answerOf(Handle handle, Row row, String fingerprint) {
        refuseOthers(row, fingerprint);
        if (row.answer() != null) {
            return row.answer();
        }
        if (row.running() && self.lives(handle, row.instance(), lifetimes.deadAfter())) {
            Duration delay = waiting(row);
            throw new ApiException(ErrorMessage.IDEMPOTENCY_KEY_IS_IN_USE).with("seconds", delay.toSeconds())
                    .retryAfter(delay);
        }
        throw new ApiException(ErrorMessage.IDEMPOTENCY_OUTCOME_IS_UNKNOWN);
    }

    private Duration waiting(Row row) {
        long seconds = Duration.ofMillis(clock.millis() - row.created()).toSeconds();
        return Duration.ofSeconds(Math.clamp(seconds, 1, LONGEST_WAIT.toSeconds()));
    }

    private static void refuseOthers(Row row, String fingerprint) {
        if (!row.fingerprint().equals(fingerprint)) {
            throw new ApiException(ErrorMessage.IDEMPOTENCY_KEY_IS_REUSED);
        }
    }

    /** Whether it has expired, or its edit was never let through and never will be. */
    private boolean isFree(Handle handle, Row row) {
        return row.expires() < clock.millis() || (row.running() && row.taskId() == null
                && !self.lives(handle, row.instance(), lifetimes.deadAfter())
                && !ledger.knows(handle, row.editId()));
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
                .bind("expires", clock.instant().plus(lifetimes.answers()).toEpochMilli()).execute() > 0;
    }

    private void replace(Handle handle, IdempotencyKey key, String fingerprint, String editId,
            @Nullable String taskId) {
        handle.execute("DELETE FROM edit_answers WHERE account = ? AND idempotency_key = ?", key.account(),
                key.value());
        inserted(handle, key, fingerprint, editId, taskId);
    }

    private static int delete(Handle handle, IdempotencyKey key, String editId) {
        return handle.execute("DELETE FROM edit_answers WHERE account = ? AND idempotency_key = ? AND edit_id = ?",
                key.account(), key.value(), editId);
    }

    private Row row(Handle handle, IdempotencyKey key) {
        return handle.createQuery("""
                SELECT fingerprint, edit_id, task_id, instance, state, status, streamed, headers, file, size,
                    created_at, expires_at
                FROM edit_answers WHERE account = :account AND idempotency_key = :key""")
                .bind("account", key.account()).bind("key", key.value())
                .map((columns, context) -> row(columns)).one();
    }

    private Row row(ResultSet columns) throws SQLException {
        String state = columns.getString("state");
        StoredAnswer answer = state.equals("answered")
                ? new StoredAnswer(columns.getInt("status"), columns.getInt("streamed") != 0,
                        headers(columns.getString("headers")), columns.getString("file"), columns.getLong("size"))
                : null;
        return new Row(columns.getString("fingerprint"), columns.getString("edit_id"), columns.getString("task_id"),
                columns.getString("instance"), answer, state.equals("running"), columns.getLong("created_at"),
                columns.getLong("expires_at"));
    }

    private String json(Map<String, String> headers) {
        try {
            return mapper.writeValueAsString(headers);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("texts are always writable", e);
        }
    }

    private Map<String, String> headers(String json) {
        try {
            return mapper.readValue(json, new TypeReference<Map<String, String>>() {
            });
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("headers of an answer that nobody can read", e);
        }
    }
}
