package dev.retouch.server.key;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;
import org.jdbi.v3.core.statement.Query;
import org.jdbi.v3.core.statement.SqlStatement;
import org.jspecify.annotations.Nullable;

import dev.retouch.server.key.JsonColumns.Place;
import dev.retouch.server.key.KeyLookup.Found;

/** SQL statements about groups and keys on a given handle, the same for SQLite and PostgreSQL. */
final class KeyTables {

    private static final String GROUP = """
            g.name, g.platform, g.image_permission, g.models, g.upstreams, g.room AS group_room, g.moderation, g.free,
            g.answers_both, g.normalise, g.mask_mode, g.fallback_models, g.retain, g.retain_days""";
    private static final String KEY = """
            k.id, k.account, k.group_name, k.label, k.prefix, k.room AS key_room, k.created_at, k.expires_at, k.disabled,
            k.revoked_at, k.last_used_at""";

    private final Handle handle;
    private final JsonColumns columns;

    KeyTables(Handle handle, JsonColumns columns) {
        this.handle = handle;
        this.columns = columns;
    }

    /** Runs statements of another package in the same transaction. */
    <T> T write(Function<Handle, T> statements) {
        return statements.apply(handle);
    }

    /** Returns all groups by name. */
    List<Group> groups() {
        return handle.createQuery("SELECT " + GROUP + " FROM caller_groups g").map((row, context) -> group(row))
                .stream().sorted(Comparator.comparing(Group::name)).toList();
    }

    /** Finds a group by name. */
    Optional<Group> group(String name) {
        return handle.createQuery("SELECT " + GROUP + " FROM caller_groups g WHERE g.name = :name").bind("name", name)
                .map((row, context) -> group(row)).findOne();
    }

    /** Inserts a group. */
    void insert(Group group, Instant created) {
        bind(handle.createUpdate(
                """
                        INSERT INTO caller_groups (name, platform, image_permission, models, upstreams, room, moderation, free,
                                                   answers_both, normalise, mask_mode, fallback_models, retain, retain_days,
                                                   created_at)
                        VALUES (:name, :platform, :permission, :models, :upstreams, :room, :moderation, :free, :both, :normalise,
                                :mask, :fallbacks, :retain, :days, :created)
                        """),
                group).bind("created", created.toEpochMilli()).execute();
    }

    /** Updates all columns of a group. */
    void update(Group group) {
        bind(handle.createUpdate("""
                UPDATE caller_groups
                SET platform = :platform, image_permission = :permission, models = :models, upstreams = :upstreams,
                    room = :room, moderation = :moderation, free = :free, answers_both = :both,
                    normalise = :normalise, mask_mode = :mask, fallback_models = :fallbacks,
                    retain = :retain, retain_days = :days
                WHERE name = :name
                """), group).execute();
    }

    /** Deletes a group and its revoked keys. */
    void deleteGroup(String name) {
        handle.createUpdate("DELETE FROM api_keys WHERE group_name = :name").bind("name", name).execute();
        handle.createUpdate("DELETE FROM caller_groups WHERE name = :name").bind("name", name).execute();
    }

    /** Counts the keys of a group that are not revoked. */
    int keysLeft(String group) {
        return handle.createQuery("SELECT count(*) FROM api_keys WHERE group_name = :group AND revoked_at IS NULL")
                .bind("group", group).mapTo(Integer.class).one();
    }

    /**
     * Returns keys, the oldest first.
     *
     * @param group the name of their group; null for all groups
     * @param after the key that they follow; null for the first keys
     * @param limit the maximum number of keys
     */
    List<ApiKey> keys(@Nullable String group, @Nullable ApiKey after, int limit) {
        Query query = handle.createQuery("SELECT " + KEY + " FROM api_keys k WHERE 1 = 1"
                + (group == null ? "" : " AND k.group_name = :group")
                + (after == null ? "" : " AND (k.created_at > :time OR (k.created_at = :time AND k.id > :id))")
                + " ORDER BY k.created_at, k.id LIMIT :limit").bind("limit", limit);
        if (group != null) {
            query.bind("group", group);
        }
        if (after != null) {
            query.bind("time", after.created().toEpochMilli()).bind("id", after.id());
        }
        return query.map((row, context) -> key(row)).list();
    }

    /** Finds a key by id. */
    Optional<ApiKey> key(String id) {
        return handle.createQuery("SELECT " + KEY + " FROM api_keys k WHERE k.id = :id").bind("id", id)
                .map((row, context) -> key(row)).findOne();
    }

    /** Finds a key by hash. */
    Optional<ApiKey> keyByHash(String hash) {
        return handle.createQuery("SELECT " + KEY + " FROM api_keys k WHERE k.hash = :hash").bind("hash", hash)
                .map((row, context) -> key(row)).findOne();
    }

    /** Inserts a key. */
    void insert(ApiKey key, String hash) {
        bind(handle.createUpdate(
                """
                        INSERT INTO api_keys (id, account, group_name, label, prefix, hash, room, created_at, expires_at, disabled,
                                              revoked_at)
                        VALUES (:id, :account, :group, :label, :prefix, :hash, :room, :created, :expires, :disabled, :revoked)
                        """),
                key).bind("account", key.rootKeyId()).bind("group", key.group()).bind("prefix", key.prefix())
                .bind("hash", hash)
                .bind("created", key.created().toEpochMilli()).execute();
    }

    /** Updates the columns of a key except its last use, which only {@link #use} writes. */
    void update(ApiKey key) {
        bind(handle.createUpdate("""
                UPDATE api_keys
                SET label = :label, room = :room, expires_at = :expires, disabled = :disabled, revoked_at = :revoked
                WHERE id = :id
                """), key).execute();
    }

    /** Finds a key by hash. A single statement, so that version, key and group are consistent. */
    Found find(String hash) {
        return handle.createQuery("SELECT c.version, k.hash, " + KEY + ", " + GROUP + """
                 FROM key_changes c
                LEFT JOIN api_keys k ON k.hash = :hash
                LEFT JOIN caller_groups g ON g.name = k.group_name
                WHERE c.id = 1
                """).bind("hash", hash).map((row, context) -> {
            String stored = row.getString("hash");
            return new Found(row.getLong("version"),
                    stored == null ? null : new StoredKey(new ApiPrincipal(key(row), group(row)), stored));
        }).one();
    }

    /** Returns the number of changes of keys and groups. */
    long version() {
        return handle.createQuery("SELECT version FROM key_changes WHERE id = 1").mapTo(Long.class).one();
    }

    /** Waits until no other instance changes keys or groups, and keeps others from it until the end of the transaction. */
    void lock() {
        handle.createQuery("SELECT version FROM key_changes WHERE id = 1 FOR UPDATE").mapTo(Long.class).one();
    }

    /** Increments the number of changes. */
    long nextVersion() {
        handle.execute("UPDATE key_changes SET version = version + 1 WHERE id = 1");
        return version();
    }

    /** Writes the last use of keys, unless another instance wrote a later use. Returns the number of changed rows. */
    int use(List<Map.Entry<String, Instant>> uses) {
        PreparedBatch batch = handle.prepareBatch("""
                UPDATE api_keys SET last_used_at = :used
                WHERE id = :id AND (last_used_at IS NULL OR last_used_at < :used)
                """);
        uses.forEach(use -> batch.bind("id", use.getKey()).bind("used", use.getValue().toEpochMilli()).add());
        int changed = 0;
        for (int rows : batch.execute()) {
            changed += rows;
        }
        return changed;
    }

    private <S extends SqlStatement<S>> S bind(S statement, Group group) {
        return statement.bind("name", group.name()).bind("platform", group.platform())
                .bind("permission", group.imagePermission() ? 1 : 0).bind("models", columns.text(group.models()))
                .bind("upstreams", columns.text(group.upstreams())).bind("room", columns.text(group.limits()))
                .bind("moderation", columns.text(group.moderation())).bind("free", group.free() ? 1 : 0)
                .bind("both", group.returnsBothForms() ? 1 : 0).bind("normalise", columns.steps(group.normalise()))
                .bind("mask", group.maskMode().wireName()).bind("fallbacks", columns.text(group.fallbackModels()))
                .bind("retain", group.retention().mode().wireName()).bind("days", group.retention().days());
    }

    private <S extends SqlStatement<S>> S bind(S statement, ApiKey key) {
        return statement.bind("id", key.id()).bind("label", key.label()).bind("room", columns.text(key.limits()))
                .bind("expires", milliseconds(key.expires())).bind("disabled", key.disabled() ? 1 : 0)
                .bind("revoked", milliseconds(key.revoked()));
    }

    private Group group(ResultSet row) throws SQLException {
        String name = row.getString("name");
        return new Group(name, row.getString("platform"), row.getInt("image_permission") != 0,
                columns.names(new Place("caller_groups", name, "models"), row.getString("models")),
                columns.names(new Place("caller_groups", name, "upstreams"), row.getString("upstreams")),
                columns.limits(new Place("caller_groups", name, "room"), row.getString("group_room")),
                columns.moderation(new Place("caller_groups", name, "moderation"), row.getString("moderation")),
                row.getInt("free") != 0, row.getInt("answers_both") != 0,
                columns.steps(new Place("caller_groups", name, "normalise"), row.getString("normalise")),
                JsonColumns.maskMode(new Place("caller_groups", name, "mask_mode"), row.getString("mask_mode")),
                columns.names(new Place("caller_groups", name, "fallback_models"), row.getString("fallback_models")),
                JsonColumns.retention(new Place("caller_groups", name, "retain"), row.getString("retain"),
                        row.getInt("retain_days")));
    }

    private ApiKey key(ResultSet row) throws SQLException {
        String id = row.getString("id");
        return new ApiKey(id, row.getString("account"), row.getString("group_name"), row.getString("label"),
                row.getString("prefix"),
                columns.limits(new Place("api_keys", id, "room"), row.getString("key_room")),
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
