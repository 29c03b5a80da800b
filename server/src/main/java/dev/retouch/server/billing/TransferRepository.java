package dev.retouch.server.billing;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Query;
import org.jspecify.annotations.Nullable;

import dev.retouch.server.billing.EditRepository.Posting;
import dev.retouch.server.billing.EditRepository.Transaction;
import dev.retouch.server.database.Database;

/** Reads the transactions of the ledger, newest first, in pages. */
public final class TransferRepository {

    private final Database database;

    /** Reads from this database. */
    public TransferRepository(Database database) {
        this.database = database;
    }

    /**
     * Selects transactions. Null selects all.
     *
     * @param owner an owner, formatted by {@link BudgetOwner}
     * @param editId the edit id
     * @param kind a name of {@link #kinds}
     * @param since only transactions at or after this time
     * @param until only transactions before this time
     */
    public record Filter(@Nullable String owner, @Nullable String editId, @Nullable String kind,
            @Nullable Instant since, @Nullable Instant until) {

        private Map<String, Object> conditions() {
            Map<String, Object> conditions = new LinkedHashMap<>();
            put(conditions, "t.id IN (SELECT e.transaction_id FROM ledger_entries e WHERE e.owner = :owner)", owner);
            put(conditions, "t.edit_id = :edit", editId);
            put(conditions, "t.kind = :kind", kind);
            put(conditions, "t.created_at >= :since", since == null ? null : since.toEpochMilli());
            put(conditions, "t.created_at < :until", until == null ? null : until.toEpochMilli());
            return conditions;
        }

        private static void put(Map<String, Object> conditions, String condition, @Nullable Object value) {
            if (value != null) {
                conditions.put(condition, value);
            }
        }

        private Query query(Handle handle, String select, String end) {
            Map<String, Object> conditions = conditions();
            Query query = handle.createQuery(select + " FROM ledger_transactions t WHERE "
                    + String.join(" AND ", conditions.isEmpty() ? Set.of("1 = 1") : conditions.keySet()) + end);
            conditions.forEach((condition, value) -> query
                    .bind(condition.substring(condition.indexOf(':') + 1).replace(")", ""), value));
            return query;
        }
    }

    /**
     * A transaction.
     *
     * @param editId the edit that it belongs to; null for a change of a budget
     */
    public record Entry(Transaction transaction, @Nullable String editId) {}

    /** A part of the list, and whether more transactions follow it. */
    public record Page(List<Entry> transfers, boolean hasMore) {}

    /** The names of all kinds of transactions. */
    public static Set<String> kinds() {
        Set<String> kinds = new TreeSet<>();
        for (LedgerTables.Kind kind : LedgerTables.Kind.values()) {
            kinds.add(kind.name().toLowerCase(Locale.ROOT));
        }
        return kinds;
    }

    /**
     * Returns a page of the transactions.
     *
     * @param after the id of a transaction of the same list, which the page follows; null for the first page
     * @param limit the maximum number of transactions
     * @return the page, or empty if the list has no transaction {@code after}
     */
    public Optional<Page> page(Filter filter, @Nullable Long after, int limit) {
        return database.report(handle -> {
            if (after != null && filter.query(handle, "SELECT t.id", " AND t.id = :after").bind("after", after)
                    .mapTo(Long.class).findOne().isEmpty()) {
                return Optional.empty();
            }
            Query query = filter.query(handle, "SELECT t.id, t.kind, t.edit_id, t.created_at, t.note",
                    (after == null ? "" : " AND t.id < :after") + " ORDER BY t.id DESC LIMIT :limit")
                    .bind("limit", limit + 1);
            if (after != null) {
                query.bind("after", after);
            }
            List<Entry> found = query.map((row, context) -> entry(row)).list();
            List<Entry> shown = found.subList(0, Math.min(limit, found.size()));
            return Optional.of(new Page(withPostings(handle, shown), found.size() > limit));
        });
    }

    private static List<Entry> withPostings(Handle handle, List<Entry> transfers) {
        if (transfers.isEmpty()) {
            return List.of();
        }
        Map<Long, List<Posting>> postings = new LinkedHashMap<>();
        handle.createQuery("""
                SELECT transaction_id, owner, account, amount FROM ledger_entries WHERE transaction_id IN (<ids>)
                ORDER BY transaction_id, owner, account""")
                .bindList("ids", transfers.stream().map(entry -> entry.transaction().id()).toList())
                .map((row, context) -> Map.entry(row.getLong("transaction_id"), new Posting(row.getString("owner"),
                        row.getString("account"), new Money(row.getLong("amount")))))
                .forEach(line -> postings.computeIfAbsent(line.getKey(), _ -> new ArrayList<>())
                        .add(line.getValue()));
        return transfers.stream().map(entry -> {
            Transaction bare = entry.transaction();
            return new Entry(new Transaction(bare.id(), bare.kind(), bare.created(), bare.note(),
                    postings.getOrDefault(bare.id(), List.of())), entry.editId());
        }).collect(Collectors.toUnmodifiableList());
    }

    private static Entry entry(ResultSet row) throws SQLException {
        return new Entry(new Transaction(row.getLong("id"), row.getString("kind"),
                Instant.ofEpochMilli(row.getLong("created_at")), row.getString("note"), List.of()),
                row.getString("edit_id"));
    }
}
