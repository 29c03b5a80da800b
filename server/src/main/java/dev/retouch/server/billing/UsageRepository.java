package dev.retouch.server.billing;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Query;
import org.jspecify.annotations.Nullable;

import dev.retouch.server.database.Database;

/**
 * Reads the usage and cost of edits, grouped and filtered. An edit counts on the day of its hold. Reports run on separate threads.
 */
public final class UsageRepository {

    private static final long DAY_MILLIS = 86_400_000;

    private static final String SUMS = """
            SUM(settled) AS settled, SUM(released) AS released, SUM(running) AS running, SUM(undecided) AS undecided,
            SUM(images) AS images, SUM(text_input_tokens) AS text_input_tokens,
            SUM(image_input_tokens) AS image_input_tokens, SUM(output_tokens) AS output_tokens,
            SUM(cached_text_input_tokens) AS cached_text_input_tokens,
            SUM(cached_image_input_tokens) AS cached_image_input_tokens,
            SUM(text_output_tokens) AS text_output_tokens, SUM(cost) AS cost, SUM(refunded) AS refunded,
            SUM(held) AS held
            """;

    /**
     * Ended edits are counted by day. Those that have not ended are few, and have an index for each state. The conditions on their columns are
     * expressions, so that the database does not read all edits of a key instead.
     */
    private static final String PARTS = """
            FROM (
                SELECT day, key_id, group_name, model, settled, released, 0 AS running, 0 AS undecided, images,
                    text_input_tokens, image_input_tokens, output_tokens, cached_text_input_tokens,
                    cached_image_input_tokens, text_output_tokens, cost, refunded, 0 AS held
                FROM usage_days WHERE day >= :fromDay AND day < :toDay{owner}
                UNION ALL
                SELECT created_at / 86400000, key_id, group_name, model, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, held
                FROM edits WHERE state = 'held' AND created_at + 0 >= :fromDay * 86400000
                    AND created_at + 0 < :toDay * 86400000{owner of open edits}
                UNION ALL
                SELECT created_at / 86400000, key_id, group_name, model, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, held
                FROM edits WHERE state = 'undecided' AND created_at + 0 >= :fromDay * 86400000
                    AND created_at + 0 < :toDay * 86400000{owner of open edits}
            ) AS parts
            """;

    private final Database database;

    /** Reads from this database. */
    public UsageRepository(Database database) {
        this.database = database;
    }

    /** The columns by which usage is grouped. */
    public enum Dimension {
        /** The day in UTC. */
        DAY("day"), KEY("key_id"), GROUP("group_name"), MODEL("model");

        private final String column;

        Dimension(String column) {
            this.column = column;
        }
    }

    /**
     * Selects edits.
     *
     * @param keyId only edits of this key; null for all keys
     * @param group only edits of this group; null for all groups
     * @param from only edits created at or after this time
     * @param to only edits created before this time
     */
    public record Filter(@Nullable String keyId, @Nullable String group, Instant from, Instant to) {

        private String where() {
            return " WHERE created_at >= :from AND created_at < :to" + owner("");
        }

        /** The conditions on key and group, whose columns have this behind them. */
        private String owner(String suffix) {
            return (keyId == null ? "" : " AND key_id" + suffix + " = :key")
                    + (group == null ? "" : " AND group_name" + suffix + " = :group");
        }

        private Query boundDays(Query query) {
            query.bind("fromDay", Math.floorDiv(from.toEpochMilli(), DAY_MILLIS))
                    .bind("toDay", Math.ceilDiv(to.toEpochMilli(), DAY_MILLIS));
            return boundOwner(query);
        }

        private Query bound(Query query) {
            query.bind("from", from.toEpochMilli()).bind("to", to.toEpochMilli());
            return boundOwner(query);
        }

        private Query boundOwner(Query query) {
            if (keyId != null) {
                query.bind("key", keyId);
            }
            if (group != null) {
                query.bind("group", group);
            }
            return query;
        }
    }

    /**
     * Edits that have something in common. What they were not put together by is null.
     *
     * @param day their day in UTC
     * @param keyId their key
     * @param group their group
     * @param model their model
     * @param settled how many were charged
     * @param released how many ended without an image
     * @param held how many are on their way
     * @param undecided edits whose outcome is unknown
     * @param images how many images they delivered
     * @param textInputTokens tokens of their prompts
     * @param imageInputTokens tokens of the images that were sent
     * @param outputTokens tokens of the images that were delivered, and of text
     * @param cachedTextInputTokens tokens of their prompts that were cached
     * @param cachedImageInputTokens tokens of the images that were sent, of those that were cached
     * @param textOutputTokens tokens of text
     * @param cost what they have cost
     * @param heldAmount what is held for those that have not ended
     * @param refunded what administrators gave back of the cost
     */
    public record Row(@Nullable LocalDate day, @Nullable String keyId, @Nullable String group, @Nullable String model,
            long settled, long released, long held, long undecided, long images, long textInputTokens,
            long imageInputTokens, long outputTokens, long cachedTextInputTokens, long cachedImageInputTokens,
            long textOutputTokens, Money cost, Money heldAmount, Money refunded) {}

    /**
     * The usage on the days in UTC that the period touches, in the order of day, key, group and model; empty if no edit
     * matches.
     */
    public List<Row> usage(Filter filter, Set<Dimension> dimensions) {
        Set<Dimension> by = EnumSet.noneOf(Dimension.class);
        by.addAll(dimensions);
        String sql = sql(filter, by);
        return database.report(
                handle -> filter.boundDays(handle.createQuery(sql)).map((row, context) -> row(row, by)).list());
    }

    static String sql(Filter filter, Set<Dimension> by) {
        String keys = by.stream().map(each -> each.column).collect(Collectors.joining(", "));
        return "SELECT " + (by.isEmpty() ? "" : keys + ", ") + SUMS
                + PARTS.replace("{owner}", filter.owner("")).replace("{owner of open edits}", filter.owner(" || ''"))
                + (by.isEmpty() ? " HAVING COUNT(*) > 0" : " GROUP BY " + keys + " ORDER BY " + keys);
    }

    /** The most recent edits, newest first. */
    public List<LedgerEdit> edits(Filter filter, int limit) {
        return database.read(handle -> newest(handle, filter, limit));
    }

    /** What a report by day and model says of one edit. */
    public static Row row(LedgerEdit edit) {
        return row(edit, LocalDate.ofInstant(edit.created(), ZoneOffset.UTC), edit.model());
    }

    /** What a report says of one edit that is put together by nothing. */
    public static Row total(LedgerEdit edit) {
        return row(edit, null, null);
    }

    private static Row row(LedgerEdit edit, @Nullable LocalDate day, @Nullable String model) {
        DeliveredUsage delivered = edit.delivered();
        return new Row(day, null, null, model, counts(edit, HoldState.SETTLED), counts(edit, HoldState.RELEASED),
                counts(edit, HoldState.HELD), counts(edit, HoldState.UNDECIDED), delivered.images(),
                delivered.textInputTokens(), delivered.imageInputTokens(), delivered.outputTokens(),
                delivered.cachedTextInputTokens(), delivered.cachedImageInputTokens(), delivered.textOutputTokens(),
                edit.cost(), edit.state().isOpen() ? edit.held() : Money.ZERO, edit.refunded());
    }

    private static long counts(LedgerEdit edit, HoldState state) {
        return edit.state() == state ? 1 : 0;
    }

    /** The edit with this id, if this account has let it through. The id of an edit is that of its request. */
    public Optional<LedgerEdit> edit(String id, String account) {
        return database.read(handle -> handle.createQuery("SELECT * FROM edits WHERE id = :id AND key_id = :account")
                .bind("id", id).bind("account", account).map((row, context) -> edit(row)).findOne());
    }

    private static List<LedgerEdit> newest(Handle handle, Filter filter, int limit) {
        String sql = "SELECT * FROM edits" + filter.where() + " ORDER BY created_at DESC, id DESC LIMIT :limit";
        return filter.bound(handle.createQuery(sql)).bind("limit", limit).map((row, context) -> edit(row)).list();
    }

    private static Row row(ResultSet row, Set<Dimension> by) throws SQLException {
        return new Row(by.contains(Dimension.DAY) ? LocalDate.ofEpochDay(row.getLong("day")) : null,
                value(row, by, Dimension.KEY), value(row, by, Dimension.GROUP), value(row, by, Dimension.MODEL),
                row.getLong("settled"), row.getLong("released"), row.getLong("running"), row.getLong("undecided"),
                row.getLong("images"), row.getLong("text_input_tokens"), row.getLong("image_input_tokens"),
                row.getLong("output_tokens"), row.getLong("cached_text_input_tokens"),
                row.getLong("cached_image_input_tokens"), row.getLong("text_output_tokens"),
                new Money(row.getLong("cost")), new Money(row.getLong("held")), new Money(row.getLong("refunded")));
    }

    private static @Nullable String value(ResultSet row, Set<Dimension> by, Dimension dimension) throws SQLException {
        return by.contains(dimension) ? row.getString(dimension.column) : null;
    }

    static LedgerEdit edit(ResultSet row) throws SQLException {
        long decided = row.getLong("decided_at");
        Instant decidedAt = row.wasNull() ? null : Instant.ofEpochMilli(decided);
        return new LedgerEdit(row.getString("id"), row.getString("key_id"), row.getString("group_name"),
                row.getString("model"), row.getString("currency"), row.getString("price_version"),
                row.getInt("free") != 0, HoldState.of(row.getString("state")), new Money(row.getLong("held")),
                new Money(row.getLong("cost")), new Money(row.getLong("refunded")), row.getLong("images_asked"),
                new DeliveredUsage(row.getLong("images_delivered"), row.getLong("text_input_tokens"),
                        row.getLong("cached_text_input_tokens"), row.getLong("image_input_tokens"),
                        row.getLong("cached_image_input_tokens"), row.getLong("text_output_tokens"),
                        row.getLong("output_tokens") - row.getLong("text_output_tokens")),
                Instant.ofEpochMilli(row.getLong("created_at")), decidedAt, row.getString("note"),
                row.getString("upstream_id"),
                row.getString("report"));
    }
}
