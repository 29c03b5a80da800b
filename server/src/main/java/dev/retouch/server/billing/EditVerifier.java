package dev.retouch.server.billing;

import java.math.BigInteger;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Query;
import org.jspecify.annotations.Nullable;

/** Compares every edit with its transactions: the ledger must have exactly those that the edit's state requires. */
final class EditVerifier {

    private static final int PAGE = 1000;
    private static final String REFUND = "refund";
    private static final String COLUMNS = """
            SELECT id, state, free, held, cost, refunded, created_at, key_id, group_name FROM edits
            """;
    private static final String LINES = """
            SELECT t.edit_id, t.id, t.kind, n.owner, n.account, n.amount FROM ledger_transactions t
            LEFT JOIN ledger_entries n ON n.transaction_id = t.id
            """;

    private final Handle handle;
    private final VerificationFindings findings;
    private final AccountTotals held = new AccountTotals();
    private long edits;

    EditVerifier(Handle handle, VerificationFindings findings) {
        this.handle = handle;
        this.findings = findings;
    }

    private record Edit(String id, String state, boolean free, Money held, Money cost, Money refunded, long created,
            List<String> owners) {}

    private record Line(String editId, long transaction, String kind, @Nullable String owner, @Nullable String account,
            Money amount) {}

    /** The holds of all edits that have not ended, by owner. */
    AccountTotals held() {
        return held;
    }

    long edits() {
        return edits;
    }

    /** Reads all edits. */
    void run() {
        String after = "";
        List<Edit> page;
        do {
            page = page(after);
            if (!page.isEmpty()) {
                String last = page.getLast().id();
                Map<String, List<Line>> lines = lines(after, last);
                page.forEach(edit -> check(edit, lines.getOrDefault(edit.id(), List.of())));
                after = last;
            }
        } while (page.size() == PAGE);
    }

    /**
     * Reads the edits that may have changed since a checkpoint: those that had not ended then or were created since, and those that have
     * transactions since.
     */
    void run(Checkpoint since) {
        long time = since.editsBefore();
        String id = "";
        List<Edit> page;
        do {
            page = checked(handle.createQuery(COLUMNS
                    + "WHERE created_at >= :time AND (created_at > :time OR id > :id) ORDER BY created_at, id LIMIT :page")
                    .bind("time", time).bind("id", id));
            if (!page.isEmpty()) {
                time = page.getLast().created();
                id = page.getLast().id();
            }
        } while (page.size() == PAGE);
        id = "";
        do {
            page = checked(handle.createQuery(COLUMNS + "WHERE id IN"
                    + " (SELECT edit_id FROM ledger_transactions WHERE id > :transaction)"
                    + " AND created_at < :time AND id > :id ORDER BY id LIMIT :page")
                    .bind("transaction", since.transactionId()).bind("time", since.editsBefore()).bind("id", id));
            id = page.isEmpty() ? id : page.getLast().id();
        } while (page.size() == PAGE);
    }

    private List<Edit> checked(Query query) {
        List<Edit> page = edits(query.bind("page", PAGE));
        if (!page.isEmpty()) {
            Map<String, List<Line>> lines = lines(handle.createQuery(LINES + "WHERE t.edit_id IN (<ids>)")
                    .bindList("ids", page.stream().map(Edit::id).toList()));
            page.forEach(edit -> check(edit, lines.getOrDefault(edit.id(), List.of())));
        }
        return page;
    }

    private void check(Edit edit, List<Line> lines) {
        edits++;
        HoldState state;
        Map<String, Transfer> expected;
        try {
            state = HoldState.of(edit.state());
            expected = expected(edit, state);
        } catch (IllegalArgumentException | ArithmeticException e) {
            findings.add("edit " + edit.id() + " is '" + edit.state() + "' with " + edit.held() + " held and a cost of "
                    + edit.cost() + ", which is impossible");
            return;
        }
        if (state != HoldState.SETTLED && !edit.cost().isZero()) {
            findings.add("edit " + edit.id() + " is '" + edit.state() + "' and costs " + edit.cost());
        }
        if (edit.free() && !(edit.held().isZero() && edit.cost().isZero())) {
            findings.add("edit " + edit.id() + " is free and costs something");
        }
        if (state.isOpen()) {
            edit.owners().forEach(owner -> held.add(owner, "held", edit.held().nanos()));
        }
        compare(edit, expected, lines.stream().filter(line -> !line.kind().equals(REFUND)).toList());
        checkRefunds(edit, state, lines.stream().filter(line -> line.kind().equals(REFUND)).toList());
    }

    /** Each refund moves the same amount for both owners, and together they are what the edit says and at most its cost. */
    private void checkRefunds(Edit edit, HoldState state, List<Line> lines) {
        BigInteger sum = BigInteger.ZERO;
        for (List<Line> entries : lines.stream().collect(Collectors.groupingBy(Line::transaction)).values()) {
            Money amount = entries.stream().filter(line -> "available".equals(line.account())).map(Line::amount)
                    .findFirst().orElse(Money.ZERO);
            if (!owned(entries).equals(wanted(edit, Transfer.refund(amount)))) {
                findings.add("transaction " + entries.getFirst().transaction() + " of kind '" + REFUND
                        + "' does not fit edit " + edit.id());
            }
            sum = sum.add(BigInteger.valueOf(amount.nanos()));
        }
        if (!sum.equals(BigInteger.valueOf(edit.refunded().nanos()))) {
            findings.add("edit " + edit.id() + " says " + edit.refunded() + " refunded, and its refunds add up to "
                    + AccountTotals.text(sum));
        }
        if (edit.refunded().isNegative() || edit.refunded().compareTo(edit.cost()) > 0
                || (state != HoldState.SETTLED && !edit.refunded().isZero())) {
            findings.add("edit " + edit.id() + " is '" + edit.state() + "' with a cost of " + edit.cost() + " and "
                    + edit.refunded() + " refunded");
        }
    }

    /** The transactions required by the edit's state, by kind. */
    private static Map<String, Transfer> expected(Edit edit, HoldState state) {
        Map<String, Transfer> transfers = new HashMap<>();
        transfers.put("hold", Transfer.hold(edit.held()));
        if (state == HoldState.SETTLED) {
            transfers.put("settle", Transfer.settle(edit.held(), edit.cost()));
        } else if (state == HoldState.RELEASED) {
            transfers.put("release", Transfer.release(edit.held()));
        }
        transfers.values().removeIf(Transfer::isNothing);
        return transfers;
    }

    private void compare(Edit edit, Map<String, Transfer> expected, List<Line> lines) {
        Map<String, Map<Long, List<Line>>> found = lines.stream()
                .collect(Collectors.groupingBy(Line::kind, Collectors.groupingBy(Line::transaction)));
        expected.forEach((kind, transfer) -> {
            Map<Long, List<Line>> own = found.getOrDefault(kind, Map.of());
            if (own.size() != 1) {
                findings.add("edit " + edit.id() + " is '" + edit.state() + "' and has " + own.size()
                        + " transactions of kind '" + kind + "' instead of 1");
            }
            own.forEach((transaction, entries) -> {
                if (!owned(entries).equals(wanted(edit, transfer))) {
                    findings.add("transaction " + transaction + " of kind '" + kind + "' does not fit edit " + edit.id()
                            + " with " + edit.held() + " held and a cost of " + edit.cost());
                }
            });
        });
        found.keySet().stream().filter(kind -> !expected.containsKey(kind)).sorted()
                .forEach(kind -> findings.add("edit " + edit.id() + " is '" + edit.state()
                        + "' and has a transaction of kind '" + kind + "', which it must not have"));
    }

    private record Entry(@Nullable String owner, @Nullable String account, Money amount) {}

    private static Set<Entry> owned(List<Line> lines) {
        return lines.stream().map(line -> new Entry(line.owner(), line.account(), line.amount()))
                .collect(Collectors.toSet());
    }

    private static Set<Entry> wanted(Edit edit, Transfer transfer) {
        return edit.owners().stream()
                .flatMap(
                        owner -> transfer.lines().stream().map(line -> new Entry(owner, line.account(), line.amount())))
                .collect(Collectors.toSet());
    }

    private List<Edit> page(String after) {
        return edits(handle.createQuery(COLUMNS + "WHERE id > :after ORDER BY id LIMIT :page").bind("after", after)
                .bind("page", PAGE));
    }

    private static List<Edit> edits(Query query) {
        return query
                .map((row, context) -> new Edit(row.getString("id"), row.getString("state"), row.getInt("free") != 0,
                        new Money(row.getLong("held")), new Money(row.getLong("cost")),
                        new Money(row.getLong("refunded")), row.getLong("created_at"),
                        List.of(BudgetOwner.ofKey(row.getString("key_id")),
                                BudgetOwner.ofGroup(row.getString("group_name")))))
                .list();
    }

    private Map<String, List<Line>> lines(String after, String upTo) {
        return lines(handle.createQuery(LINES + "WHERE t.edit_id > :after AND t.edit_id <= :upTo")
                .bind("after", after).bind("upTo", upTo));
    }

    private static Map<String, List<Line>> lines(Query query) {
        return query.map((row, context) -> new Line(row.getString("edit_id"), row.getLong("id"), row.getString("kind"),
                row.getString("owner"), row.getString("account"), new Money(row.getLong("amount"))))
                .stream().collect(Collectors.groupingBy(Line::editId));
    }
}
