package dev.retouch.server.retention;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.SqlStatement;

import dev.retouch.server.database.Database;

/**
 * Stores what is kept of edits. The setting of the group at the moment of each operation decides: what it does not allow is neither
 * written nor returned, and {@link #enforce} deletes it. So a change of the setting has no race with edits that run.
 */
public final class RetainedRepository {

    /** The pieces that a transaction deletes. Other writes wait for it only in SQLite. */
    private static final int BATCH = 500;
    private static final long DAY = Duration.ofDays(1).toMillis();
    /** Whether the setting of the group {@code g} allows the piece {@code r} now. */
    private static final String ALLOWED = """
            (g.retain = 'content' OR (g.retain = 'metadata' AND r.content = 0))
            AND r.created_at + g.retain_days * 86400000 > :now""";

    private final Database database;
    private final Clock clock;

    /**
     * Stores in this database.
     *
     * @param clock the clock of the times of edits
     */
    public RetainedRepository(Database database, Clock clock) {
        this.database = database;
        this.clock = clock;
    }

    /**
     * A piece of what is kept of an edit.
     *
     * @param name its name, unique within the edit
     * @param content whether it is content, which is encrypted
     * @param body its bytes
     * @param created the start of the edit
     */
    record Piece(String editId, String group, String name, boolean content, byte[] body, Instant created) {}

    /**
     * A piece that was found.
     *
     * @param expires when it will be deleted
     */
    record Found(String name, boolean content, byte[] body, Instant expires) {}

    /** Writes a piece, if the group keeps it. A piece that exists stays. */
    void write(Piece piece) {
        int _ = database.<Integer>write(handle -> {
            if (database.isShared()) { // a change of the setting waits for this transaction, or this one for the change
                handle.createQuery("SELECT name FROM caller_groups WHERE name = :group FOR SHARE")
                        .bind("group", piece.group()).mapTo(String.class).findOne();
            }
            return bound(handle.createUpdate("""
                    INSERT INTO retained_pieces (edit_id, group_name, name, content, body, created_at)
                    SELECT :edit, g.name, :name, :content, :body, :created FROM caller_groups g
                    WHERE g.name = :group AND (g.retain = 'content' OR (g.retain = 'metadata' AND :content = 0))
                    ON CONFLICT (edit_id, name) DO NOTHING"""), piece).execute();
        });
    }

    private static <S extends SqlStatement<S>> S bound(S statement, Piece piece) {
        return statement.bind("edit", piece.editId()).bind("group", piece.group()).bind("name", piece.name())
                .bind("content", piece.content() ? 1 : 0).bind("body", piece.body())
                .bind("created", piece.created().toEpochMilli());
    }

    /** Returns the pieces of an edit by name, without those that the group does not keep any more. */
    List<Found> pieces(String editId) {
        return database.read(handle -> handle.createQuery("""
                SELECT r.name, r.content, r.body, r.created_at, g.retain_days
                FROM retained_pieces r JOIN caller_groups g ON g.name = r.group_name
                WHERE r.edit_id = :edit AND\s""" + ALLOWED + " ORDER BY r.name").bind("edit", editId)
                .bind("now", clock.millis())
                .map((row, context) -> new Found(row.getString("name"), row.getInt("content") != 0,
                        row.getBytes("body"),
                        Instant.ofEpochMilli(row.getLong("created_at") + row.getLong("retain_days") * DAY)))
                .list());
    }

    /** Returns a piece of an edit, unless the group does not keep it any more. */
    Optional<Found> piece(String editId, String name) {
        return pieces(editId).stream().filter(found -> found.name().equals(name)).findFirst();
    }

    /** Deletes what is kept of edits that are removed themselves, in the transaction of a handle. */
    public static void remove(Handle handle, List<String> edits) {
        handle.createUpdate("DELETE FROM retained_pieces WHERE edit_id IN (<edits>)").bindList("edits", edits)
                .execute();
    }

    /** Deletes what a group does not keep any more; everything if the group does not exist. */
    public void enforce(String group) {
        Optional<RetentionPolicy> policy = database.read(handle -> handle
                .createQuery("SELECT retain, retain_days FROM caller_groups WHERE name = :group").bind("group", group)
                .map((row, context) -> new RetentionPolicy(
                        RetainMode.ofWireName(row.getString("retain")).orElse(RetainMode.NONE),
                        row.getInt("retain_days")))
                .findOne());
        RetentionPolicy now = policy.orElse(RetentionPolicy.NONE);
        long expired = clock.millis() - now.days() * DAY;
        delete(group, 1, now.keepsContent() ? expired : Long.MAX_VALUE);
        delete(group, 0, now.keepsRuns() ? expired : Long.MAX_VALUE);
    }

    /** Deletes what groups do not keep any more, above all what has expired. */
    public void enforceAll() {
        Optional<String> group = database.read(handle -> groupAfter(handle, ""));
        while (group.isPresent()) {
            String name = group.get();
            enforce(name);
            group = database.read(handle -> groupAfter(handle, name));
        }
    }

    /** The next group with pieces, by the index. */
    private static Optional<String> groupAfter(Handle handle, String name) {
        return handle
                .createQuery(
                        "SELECT group_name FROM retained_pieces WHERE group_name > :name ORDER BY group_name LIMIT 1")
                .bind("name", name).mapTo(String.class).findOne();
    }

    private void delete(String group, int content, long until) {
        int deleted;
        do {
            deleted = database.write(handle -> handle.createUpdate("""
                    DELETE FROM retained_pieces WHERE (edit_id, name) IN (
                        SELECT edit_id, name FROM retained_pieces
                        WHERE group_name = :group AND content = :content AND created_at <= :until LIMIT :batch)""")
                    .bind("group", group).bind("content", content).bind("until", until).bind("batch", BATCH).execute());
        } while (deleted == BATCH);
    }
}
