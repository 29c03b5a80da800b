package dev.retouch.server.billing;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.jdbi.v3.core.statement.Query;
import org.jspecify.annotations.Nullable;

import dev.retouch.server.database.Database;

/** Reads dispatched edits, newest first, in pages; and a single edit with its transfers in the ledger. */
public final class EditRepository {

    /** Each part has an index. */
    private static final String OF_UPSTREAM = """
            id IN (SELECT id FROM edits WHERE upstream_id = :upstreamId
                UNION ALL SELECT edit_id FROM edit_upstream_ids WHERE upstream_id = :upstreamId)""";

    private final Database database;

    /** Reads from this database. */
    public EditRepository(Database database) {
        this.database = database;
    }

    /**
     * Selects edits. Null selects all.
     *
     * @param keyId the root key id
     * @param group the name of the group
     * @param model the model id
     * @param state the state
     * @param id the edit id
     * @param upstreamId the id by which an upstream knows one of the edit's attempts
     * @param since only edits created at or after this time
     * @param until only edits created before this time
     */
    public record Filter(@Nullable String keyId, @Nullable String group, @Nullable String model,
            @Nullable HoldState state, @Nullable String id, @Nullable String upstreamId, @Nullable Instant since,
            @Nullable Instant until) {

        /** Selects all edits. */
        public static final Filter ALL = new Filter(null, null, null, null, null, null, null, null);

        /**
         * A part of the condition.
         *
         * @param name the name of the value in the text
         */
        private record Condition(String text, String name, Object value) {}

        private List<Condition> conditions() {
            List<Condition> conditions = new ArrayList<>();
            put(conditions, keyColumn() + " = :key", "key", keyId);
            put(conditions, "group_name = :group", "group", group);
            put(conditions, "model = :model", "model", model);
            put(conditions, "id = :id", "id", id);
            put(conditions, OF_UPSTREAM, "upstreamId", upstreamId);
            put(conditions, timeColumn() + " >= :since", "since", since == null ? null : since.toEpochMilli());
            put(conditions, timeColumn() + " < :until", "until", until == null ? null : until.toEpochMilli());
            return conditions;
        }

        /** An expression for edits that have not ended: their small index is to be read, not the index of all edits of a key. */
        private String keyColumn() {
            return isOpen() ? "key_id || ''" : "key_id";
        }

        private String timeColumn() {
            return isOpen() ? "created_at + 0" : "created_at";
        }

        private boolean isOpen() {
            return state != null && state.isOpen();
        }

        private static void put(List<Condition> conditions, String text, String name, @Nullable Object value) {
            if (value != null) {
                conditions.add(new Condition(text, name, value));
            }
        }

        private String where() {
            List<String> texts = new ArrayList<>(conditions().stream().map(Condition::text).toList());
            if (state != null) { // not a value, so that the index of this state applies
                texts.add("state = '" + state.stored() + "'");
            }
            return " WHERE " + (texts.isEmpty() ? "1 = 1" : String.join(" AND ", texts));
        }

        private Query bound(Query query) {
            conditions().forEach(condition -> query.bind(condition.name(), condition.value()));
            return query;
        }
    }

    /** A part of the list, and whether more edits follow it. */
    public record Page(List<LedgerEdit> edits, boolean hasMore) {}

    /** A line of a transaction: the amount that an account of an owner changed by. */
    public record Posting(String owner, String account, Money amount) {}

    /**
     * A transaction of the ledger.
     *
     * @param id its number; a later transaction has a higher one
     * @param kind what moved the amounts, such as {@code hold}, {@code refund} or {@code fund}
     * @param note why it was posted, if the upstream's response does not explain it; otherwise null
     */
    public record Transaction(long id, String kind, Instant created, @Nullable String note, List<Posting> postings) {

        private Transaction joined(Transaction line) {
            List<Posting> all = new ArrayList<>(postings);
            all.addAll(line.postings());
            return new Transaction(id, kind, created, note, List.copyOf(all));
        }
    }

    /**
     * Returns a page of the edits.
     *
     * @param after the id of an edit of the same list, which the page follows; null for the first page
     * @param limit the maximum number of edits
     * @return the page, or empty if the list has no edit {@code after}
     */
    public Optional<Page> page(Filter filter, @Nullable String after, int limit) {
        return database.read(handle -> {
            Optional<Long> time = after == null
                    ? Optional.of(0L)
                    : filter.bound(handle.createQuery(
                            "SELECT created_at FROM edits" + filter.where() + " AND id = :pageId"))
                            .bind("pageId", after).mapTo(Long.class).findOne();
            if (time.isEmpty()) {
                return Optional.empty();
            }
            Query query = filter.bound(handle.createQuery(sql(filter, after != null))).bind("limit", limit + 1);
            if (after != null) {
                query.bind("pageTime", time.get()).bind("pageId", after);
            }
            List<LedgerEdit> found = query.map((row, context) -> UsageRepository.edit(row)).list();
            return Optional.of(new Page(List.copyOf(found.subList(0, Math.min(limit, found.size()))),
                    found.size() > limit));
        });
    }

    static String sql(Filter filter, boolean following) {
        String time = filter.timeColumn();
        String page = " AND (" + time + " < :pageTime OR (" + time + " = :pageTime AND id < :pageId))";
        return "SELECT * FROM edits" + filter.where() + (following ? page : "") + " ORDER BY " + time
                + " DESC, id DESC LIMIT :limit";
    }

    /** Returns an edit by its id. */
    public Optional<LedgerEdit> edit(String id) {
        return page(new Filter(null, null, null, null, id, null, null, null), null, 1).stream()
                .flatMap(page -> page.edits().stream()).findFirst();
    }

    /** Returns the transactions of an edit, oldest first; none if the edit is free. */
    public List<Transaction> transactions(String editId) {
        return database.read(handle -> {
            Map<Long, Transaction> found = new LinkedHashMap<>();
            handle.createQuery("""
                    SELECT t.id, t.kind, t.created_at, t.note, e.owner, e.account, e.amount
                    FROM ledger_transactions t JOIN ledger_entries e ON e.transaction_id = t.id
                    WHERE t.edit_id = :edit ORDER BY t.id, e.owner, e.account""").bind("edit", editId)
                    .map((row, context) -> transaction(row)).forEach(line -> found.merge(line.id(), line,
                            Transaction::joined));
            return List.copyOf(found.values());
        });
    }

    private static Transaction transaction(ResultSet row) throws SQLException {
        return new Transaction(row.getLong("id"), row.getString("kind"),
                Instant.ofEpochMilli(row.getLong("created_at")), row.getString("note"),
                List.of(new Posting(row.getString("owner"), row.getString("account"),
                        new Money(row.getLong("amount")))));
    }
}
