package dev.retouch.server.key;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;
import org.jdbi.v3.core.statement.SqlStatement;
import org.jspecify.annotations.Nullable;

import dev.retouch.server.key.KeySource.Found;
import dev.retouch.server.key.PolicyColumns.Place;

/** The statements about groups and keys, within one piece of work in the database. The same ones for both databases. */
final class KeyTables {

    private static final String GROUP = """
            g.name, g.platform, g.image_permission, g.models, g.upstreams, g.room AS group_room, g.moderation, g.free,
            g.answers_both""";
    private static final String KEY = """
            k.id, k.account, k.group_name, k.label, k.prefix, k.room AS key_room, k.created_at, k.expires_at, k.disabled,
            k.revoked_at, k.last_used_at""";

    private final Handle handle;
    private final PolicyColumns columns;

    KeyTables(Handle handle, PolicyColumns columns) {
        this.handle = handle;
        this.columns = columns;
    }

    /** Every group, by name. */
    List<Group> groups() {
        return handle.createQuery("SELECT " + GROUP + " FROM caller_groups g").map((row, context) -> group(row))
                .stream().sorted(Comparator.comparing(Group::name)).toList();
    }

    /** The group of this name. */
    Optional<Group> group(String name) {
        return handle.createQuery("SELECT " + GROUP + " FROM caller_groups g WHERE g.name = :name").bind("name", name)
                .map((row, context) -> group(row)).findOne();
    }

    /** Adds a group. */
    void insert(Group group, Instant created) {
        bind(handle.createUpdate("""
                INSERT INTO caller_groups (name, platform, image_permission, models, upstreams, room, moderation, free,
                                           answers_both, created_at)
                VALUES (:name, :platform, :permission, :models, :upstreams, :room, :moderation, :free, :both, :created)
                """), group).bind("created", created.toEpochMilli()).execute();
    }

    /** Writes a group anew. */
    void update(Group group) {
        bind(handle.createUpdate("""
                UPDATE caller_groups
                SET platform = :platform, image_permission = :permission, models = :models, upstreams = :upstreams,
                    room = :room, moderation = :moderation, free = :free, answers_both = :both
                WHERE name = :name
                """), group).execute();
    }

    /** Removes a group and what is left of its keys. */
    void deleteGroup(String name) {
        handle.createUpdate("DELETE FROM api_keys WHERE group_name = :name").bind("name", name).execute();
        handle.createUpdate("DELETE FROM caller_groups WHERE name = :name").bind("name", name).execute();
    }

    /** How many keys of a group are not revoked. */
    int keysLeft(String group) {
        return handle.createQuery("SELECT count(*) FROM api_keys WHERE group_name = :group AND revoked_at IS NULL")
                .bind("group", group).mapTo(Integer.class).one();
    }

    /** Every key, the oldest first. */
    List<ApiKey> keys() {
        return handle.createQuery("SELECT " + KEY + " FROM api_keys k ORDER BY k.created_at, k.id")
                .map((row, context) -> key(row)).list();
    }

    /** The keys of a group, the oldest first. */
    List<ApiKey> keys(String group) {
        return handle.createQuery(
                "SELECT " + KEY + " FROM api_keys k WHERE k.group_name = :group ORDER BY k.created_at, k.id")
                .bind("group", group).map((row, context) -> key(row)).list();
    }

    /** The key of this id. */
    Optional<ApiKey> key(String id) {
        return handle.createQuery("SELECT " + KEY + " FROM api_keys k WHERE k.id = :id").bind("id", id)
                .map((row, context) -> key(row)).findOne();
    }

    /** The key with this hash. */
    Optional<ApiKey> keyByHash(String hash) {
        return handle.createQuery("SELECT " + KEY + " FROM api_keys k WHERE k.hash = :hash").bind("hash", hash)
                .map((row, context) -> key(row)).findOne();
    }

    /** Adds a key. */
    void insert(ApiKey key, String hash) {
        bind(handle.createUpdate(
                """
                        INSERT INTO api_keys (id, account, group_name, label, prefix, hash, room, created_at, expires_at, disabled,
                                              revoked_at)
                        VALUES (:id, :account, :group, :label, :prefix, :hash, :room, :created, :expires, :disabled, :revoked)
                        """),
                key).bind("account", key.account()).bind("group", key.group()).bind("prefix", key.prefix())
                .bind("hash", hash)
                .bind("created", key.created().toEpochMilli()).execute();
    }

    /** Writes what may change of a key; when it was last used is written by {@link #use} alone. */
    void update(ApiKey key) {
        bind(handle.createUpdate("""
                UPDATE api_keys
                SET label = :label, room = :room, expires_at = :expires, disabled = :disabled, revoked_at = :revoked
                WHERE id = :id
                """), key).execute();
    }

    /** Looks for the key with this hash. One statement, so that version, key and group are of the same moment. */
    Found find(String hash) {
        return handle.createQuery("SELECT c.version, k.hash, " + KEY + ", " + GROUP + """
                 FROM key_changes c
                LEFT JOIN api_keys k ON k.hash = :hash
                LEFT JOIN caller_groups g ON g.name = k.group_name
                WHERE c.id = 1
                """).bind("hash", hash).map((row, context) -> {
            String stored = row.getString("hash");
            return new Found(row.getLong("version"),
                    stored == null ? null : new StoredKey(new Caller(key(row), group(row)), stored));
        }).one();
    }

    /** How often keys and groups have changed. */
    long version() {
        return handle.createQuery("SELECT version FROM key_changes WHERE id = 1").mapTo(Long.class).one();
    }

    /** Counts one change more. */
    long nextVersion() {
        handle.execute("UPDATE key_changes SET version = version + 1 WHERE id = 1");
        return version();
    }

    /** Writes when keys were used, unless another instance has seen them later; says how many rows that changed. */
    int use(Map<String, Instant> uses) {
        PreparedBatch batch = handle.prepareBatch("""
                UPDATE api_keys SET last_used_at = :used
                WHERE id = :id AND (last_used_at IS NULL OR last_used_at < :used)
                """);
        uses.forEach((id, used) -> batch.bind("id", id).bind("used", used.toEpochMilli()).add());
        int changed = 0;
        for (int rows : batch.execute()) {
            changed += rows;
        }
        return changed;
    }

    private <S extends SqlStatement<S>> S bind(S statement, Group group) {
        return statement.bind("name", group.name()).bind("platform", group.platform())
                .bind("permission", group.imagePermission() ? 1 : 0).bind("models", columns.text(group.models()))
                .bind("upstreams", columns.text(group.upstreams())).bind("room", columns.text(group.room()))
                .bind("moderation", columns.text(group.moderation())).bind("free", group.free() ? 1 : 0)
                .bind("both", group.answersBoth() ? 1 : 0);
    }

    private <S extends SqlStatement<S>> S bind(S statement, ApiKey key) {
        return statement.bind("id", key.id()).bind("label", key.label()).bind("room", columns.text(key.room()))
                .bind("expires", milliseconds(key.expires())).bind("disabled", key.disabled() ? 1 : 0)
                .bind("revoked", milliseconds(key.revoked()));
    }

    private Group group(ResultSet row) throws SQLException {
        String name = row.getString("name");
        return new Group(name, row.getString("platform"), row.getInt("image_permission") != 0,
                columns.names(new Place("caller_groups", name, "models"), row.getString("models")),
                columns.names(new Place("caller_groups", name, "upstreams"), row.getString("upstreams")),
                columns.room(new Place("caller_groups", name, "room"), row.getString("group_room")),
                columns.moderation(new Place("caller_groups", name, "moderation"), row.getString("moderation")),
                row.getInt("free") != 0, row.getInt("answers_both") != 0);
    }

    private ApiKey key(ResultSet row) throws SQLException {
        String id = row.getString("id");
        return new ApiKey(id, row.getString("account"), row.getString("group_name"), row.getString("label"),
                row.getString("prefix"),
                columns.room(new Place("api_keys", id, "room"), row.getString("key_room")),
                Instant.ofEpochMilli(row.getLong("created_at")), instant(row, "expires_at"),
                row.getInt("disabled") != 0, instant(row, "revoked_at"), instant(row, "last_used_at"));
    }

    private static @Nullable Long milliseconds(@Nullable Instant time) {
        return time == null ? null : time.toEpochMilli();
    }

    private static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
        long milliseconds = row.getLong(column);
        return row.wasNull() ? null : Instant.ofEpochMilli(milliseconds);
    }
}
