package dev.retouch.server.billing;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Query;
import org.jspecify.annotations.Nullable;

import dev.retouch.server.store.Database;

/** Who has edited how much, and what it has cost. Counts an edit on the day on which it was let through. */
public final class UsageReport {

    private static final String SUMS = """
            SUM(CASE WHEN state = 'settled' THEN 1 ELSE 0 END) AS settled,
            SUM(CASE WHEN state = 'released' THEN 1 ELSE 0 END) AS released,
            SUM(CASE WHEN state = 'held' THEN 1 ELSE 0 END) AS running,
            SUM(CASE WHEN state = 'undecided' THEN 1 ELSE 0 END) AS undecided,
            SUM(images_delivered) AS images, SUM(text_input_tokens) AS text_input_tokens,
            SUM(image_input_tokens) AS image_input_tokens, SUM(output_tokens) AS output_tokens, SUM(cost) AS cost,
            SUM(CASE WHEN state IN ('held', 'undecided') THEN held ELSE 0 END) AS held
            """;

    private final Database database;

    /** Reports from this database. */
    public UsageReport(Database database) {
        this.database = database;
    }

    /** By what edits are put together. */
    public enum Dimension {
        /** The day in UTC. */
        DAY("day", "created_at / 86400000"),
        /** The key. */
        KEY("key_id", "key_id"),
        /** The group. */
        GROUP("group_name", "group_name"),
        /** The model. */
        MODEL("model", "model");

        private final String column;
        private final String expression;

        Dimension(String column, String expression) {
            this.column = column;
            this.expression = expression;
        }
    }

    /**
     * Which edits count.
     *
     * @param keyId those of this key; null for all
     * @param group those of this group; null for all
     * @param from those from this moment on
     * @param to those before this moment
     */
    public record Filter(@Nullable String keyId, @Nullable String group, Instant from, Instant to) {

        private String where() {
            return " WHERE created_at >= :from AND created_at < :to" + (keyId == null ? "" : " AND key_id = :key")
                    + (group == null ? "" : " AND group_name = :group");
        }

        private Query bound(Query query) {
            query.bind("from", from.toEpochMilli()).bind("to", to.toEpochMilli());
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
     * @param undecided of how many nobody knows what became
     * @param images how many images they delivered
     * @param textInputTokens tokens of their prompts
     * @param imageInputTokens tokens of the images that were sent
     * @param outputTokens tokens of the images that were delivered
     * @param cost what they have cost
     * @param heldAmount what is held for those that have not ended
     */
    public record Row(@Nullable LocalDate day, @Nullable String keyId, @Nullable String group, @Nullable String model,
            long settled, long released, long held, long undecided, long images, long textInputTokens,
            long imageInputTokens, long outputTokens, Money cost, Money heldAmount) {}

    /** The sums, in the order of their day, key, group and model; none where no edit counts. */
    public List<Row> usage(Filter filter, Set<Dimension> dimensions) {
        Set<Dimension> by = EnumSet.noneOf(Dimension.class);
        by.addAll(dimensions);
        String columns = by.stream().map(each -> each.expression + " AS " + each.column + ", ")
                .collect(Collectors.joining());
        String keys = by.stream().map(each -> each.expression).collect(Collectors.joining(", "));
        String sql = "SELECT " + columns + SUMS + "FROM edits" + filter.where()
                + (by.isEmpty() ? " HAVING COUNT(*) > 0" : " GROUP BY " + keys + " ORDER BY " + keys);
        return database
                .read(handle -> filter.bound(handle.createQuery(sql)).map((row, context) -> row(row, by)).list());
    }

    /** The newest edits, the newest first. */
    public List<RecordedEdit> edits(Filter filter, int limit) {
        return database.read(handle -> newest(handle, filter, limit));
    }

    private static List<RecordedEdit> newest(Handle handle, Filter filter, int limit) {
        String sql = "SELECT * FROM edits" + filter.where() + " ORDER BY created_at DESC, id DESC LIMIT :limit";
        return filter.bound(handle.createQuery(sql)).bind("limit", limit).map((row, context) -> edit(row)).list();
    }

    private static Row row(ResultSet row, Set<Dimension> by) throws SQLException {
        return new Row(by.contains(Dimension.DAY) ? LocalDate.ofEpochDay(row.getLong("day")) : null,
                value(row, by, Dimension.KEY), value(row, by, Dimension.GROUP), value(row, by, Dimension.MODEL),
                row.getLong("settled"), row.getLong("released"), row.getLong("running"), row.getLong("undecided"),
                row.getLong("images"), row.getLong("text_input_tokens"), row.getLong("image_input_tokens"),
                row.getLong("output_tokens"), new Money(row.getLong("cost")), new Money(row.getLong("held")));
    }

    private static @Nullable String value(ResultSet row, Set<Dimension> by, Dimension dimension) throws SQLException {
        return by.contains(dimension) ? row.getString(dimension.column) : null;
    }

    private static RecordedEdit edit(ResultSet row) throws SQLException {
        long decided = row.getLong("decided_at");
        Instant decidedAt = row.wasNull() ? null : Instant.ofEpochMilli(decided);
        return new RecordedEdit(row.getString("id"), row.getString("key_id"), row.getString("group_name"),
                row.getString("model"), row.getString("currency"), row.getString("price_version"),
                row.getInt("free") != 0, EditState.of(row.getString("state")), new Money(row.getLong("held")),
                new Money(row.getLong("cost")), row.getLong("images_asked"),
                new Delivered(row.getLong("images_delivered"), row.getLong("text_input_tokens"),
                        row.getLong("image_input_tokens"), row.getLong("output_tokens")),
                Instant.ofEpochMilli(row.getLong("created_at")), decidedAt, row.getString("note"));
    }
}
