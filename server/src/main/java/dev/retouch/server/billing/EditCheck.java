package dev.retouch.server.billing;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** Reads all edits, and whether the ledger has exactly the transactions that each must have. */
final class EditCheck {

    private static final int PAGE = 1000;

    private final Handle handle;
    private final Problems problems;
    private final Totals held = new Totals();
    private long edits;

    EditCheck(Handle handle, Problems problems) {
        this.handle = handle;
        this.problems = problems;
    }

    private record Edit(String id, String state, boolean free, Money held, Money cost, List<String> owners) {}

    private record Line(String editId, long transaction, String kind, @Nullable String owner, @Nullable String account,
            Money amount) {}

    /** What the edits on their way have held, in the accounts where it must be. */
    Totals held() {
        return held;
    }

    long edits() {
        return edits;
    }

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

    private void check(Edit edit, List<Line> lines) {
        edits++;
        EditState state;
        Map<String, Move> expected;
        try {
            state = EditState.of(edit.state());
            expected = expected(edit, state);
        } catch (IllegalArgumentException | ArithmeticException e) {
            problems.add("edit " + edit.id() + " is '" + edit.state() + "' with " + edit.held() + " held and a cost of "
                    + edit.cost() + ", which cannot be");
            return;
        }
        if (state != EditState.SETTLED && !edit.cost().isZero()) {
            problems.add("edit " + edit.id() + " is '" + edit.state() + "' and costs " + edit.cost());
        }
        if (edit.free() && !(edit.held().isZero() && edit.cost().isZero())) {
            problems.add("edit " + edit.id() + " is free and costs something");
        }
        if (state.isOpen()) {
            edit.owners().forEach(owner -> held.add(owner, "held", edit.held().nanos()));
        }
        compare(edit, expected, lines);
    }

    /** The transactions that it must have, one of each kind. */
    private static Map<String, Move> expected(Edit edit, EditState state) {
        Map<String, Move> moves = new HashMap<>();
        moves.put("hold", Move.hold(edit.held()));
        if (state == EditState.SETTLED) {
            moves.put("settle", Move.settle(edit.held(), edit.cost()));
        } else if (state == EditState.RELEASED) {
            moves.put("release", Move.release(edit.held()));
        }
        moves.values().removeIf(Move::isNothing);
        return moves;
    }

    private void compare(Edit edit, Map<String, Move> expected, List<Line> lines) {
        Map<String, Map<Long, List<Line>>> found = lines.stream()
                .collect(Collectors.groupingBy(Line::kind, Collectors.groupingBy(Line::transaction)));
        expected.forEach((kind, move) -> {
            Map<Long, List<Line>> own = found.getOrDefault(kind, Map.of());
            if (own.size() != 1) {
                problems.add("edit " + edit.id() + " is '" + edit.state() + "' and has " + own.size()
                        + " transactions of kind '" + kind + "' instead of 1");
            }
            own.forEach((transaction, entries) -> {
                if (!owned(entries).equals(wanted(edit, move))) {
                    problems.add("transaction " + transaction + " of kind '" + kind + "' does not fit edit " + edit.id()
                            + " with " + edit.held() + " held and a cost of " + edit.cost());
                }
            });
        });
        found.keySet().stream().filter(kind -> !expected.containsKey(kind)).sorted()
                .forEach(kind -> problems.add("edit " + edit.id() + " is '" + edit.state()
                        + "' and has a transaction of kind '" + kind + "', which it must not have"));
    }

    private record Entry(@Nullable String owner, @Nullable String account, Money amount) {}

    private static Set<Entry> owned(List<Line> lines) {
        return lines.stream().map(line -> new Entry(line.owner(), line.account(), line.amount()))
                .collect(Collectors.toSet());
    }

    private static Set<Entry> wanted(Edit edit, Move move) {
        return edit.owners().stream()
                .flatMap(owner -> move.lines().stream().map(line -> new Entry(owner, line.account(), line.amount())))
                .collect(Collectors.toSet());
    }

    private List<Edit> page(String after) {
        return handle.createQuery("""
                SELECT id, state, free, held, cost, key_id, group_name FROM edits
                WHERE id > :after ORDER BY id LIMIT :page""").bind("after", after).bind("page", PAGE)
                .map((row, context) -> new Edit(row.getString("id"), row.getString("state"), row.getInt("free") != 0,
                        new Money(row.getLong("held")), new Money(row.getLong("cost")),
                        List.of(Owner.ofKey(row.getString("key_id")), Owner.ofGroup(row.getString("group_name")))))
                .list();
    }

    private Map<String, List<Line>> lines(String after, String upTo) {
        return handle.createQuery("""
                SELECT t.edit_id, t.id, t.kind, n.owner, n.account, n.amount FROM ledger_transactions t
                LEFT JOIN ledger_entries n ON n.transaction_id = t.id
                WHERE t.edit_id > :after AND t.edit_id <= :upTo""").bind("after", after).bind("upTo", upTo)
                .map((row, context) -> new Line(row.getString("edit_id"), row.getLong("id"), row.getString("kind"),
                        row.getString("owner"), row.getString("account"), new Money(row.getLong("amount"))))
                .stream().collect(Collectors.groupingBy(Line::editId));
    }
}
