package dev.retouch.server.admission.slot;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.LongSupplier;

import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

import dev.retouch.server.admission.slot.SlotTicket.Verdict;
import dev.retouch.server.database.DirectSql;

/**
 * Calls the functions of PostgreSQL that grant slots. Each method is one statement, unless it says otherwise. A row per scope counts its
 * tickets, so a slot costs the same however many edits run. After each statement no ticket waits that could run: releasing a slot passes
 * it on, to a ticket of any instance, which is notified.
 */
final class SlotTable {

    private final String instance;
    private final Clock clock;
    private final LongSupplier deadBefore;

    SlotTable(String instance, Clock clock, LongSupplier deadBefore) {
        this.instance = instance;
        this.clock = clock;
        this.deadBefore = deadBefore;
    }

    /**
     * What tickets have become.
     *
     * @param verdicts the verdict of each ticket, in their order
     * @param started the ids of other edits of this instance that run now
     */
    record Entered(List<Verdict> verdicts, Set<String> started) {}

    /** The row that a function returns for an edit. */
    private record Row(String editId, String verdict, @Nullable String scope, int others) {

        static Row of(ResultSet row) throws SQLException {
            return new Row(row.getString("edit"), row.getString("verdict"), row.getString("full_scope"),
                    row.getInt("others"));
        }
    }

    /** Starts, queues or rejects tickets in their order. Their edits are different. */
    Entered enter(Handle handle, List<SlotTicket> tickets) {
        List<Integer> positions = new ArrayList<>();
        List<ConcurrencyScope> scopes = new ArrayList<>();
        for (int index = 0; index < tickets.size(); index++) {
            for (ConcurrencyScope scope : tickets.get(index).scopes()) {
                positions.add(index + 1);
                scopes.add(scope);
            }
        }
        List<Row> rows = DirectSql.query(handle,
                "SELECT edit, verdict, full_scope, others FROM enter_slots(?, ?, ?, ?, ?, ?, ?, ?)", Row::of, instance,
                texts(tickets, SlotTicket::editId), positions.toArray(Integer[]::new),
                texts(scopes, ConcurrencyScope::name), numbers(scopes, ConcurrencyScope::maxRunning),
                numbers(scopes, ConcurrencyScope::queue), clock.millis(), deadBefore.getAsLong());
        Map<String, Verdict> verdicts = new HashMap<>();
        Set<String> started = new HashSet<>();
        for (Row row : rows) {
            if (row.verdict().equals("started")) {
                started.add(row.editId());
            } else {
                verdicts.put(row.editId(), verdict(row, scopes));
            }
        }
        return new Entered(tickets.stream().map(ticket -> verdicts.getOrDefault(ticket.editId(), new Verdict.Waiting()))
                .toList(), started);
    }

    private static Verdict verdict(Row row, List<ConcurrencyScope> scopes) {
        return switch (row.verdict()) {
            case "running" -> new Verdict.Running();
            case "waiting" -> new Verdict.Waiting();
            default -> new Verdict.Refused(
                    scopes.stream().filter(scope -> scope.name().equals(row.scope())).findFirst().orElseThrow(),
                    row.others());
        };
    }

    /** Removes a ticket from the queues, unless it has started meanwhile. */
    Verdict leave(Handle handle, SlotTicket ticket) {
        return verdict(DirectSql.query(handle,
                "SELECT '' AS edit, verdict, full_scope, others FROM leave_slots(?, ?, ?)", Row::of, instance,
                ticket.editId(), texts(ticket.scopes(), ConcurrencyScope::name)).getFirst(), ticket.scopes());
    }

    /** Removes the tickets of these edits in any state and passes their slots on. Returns the edits of this instance that start. */
    Set<String> remove(Handle handle, Collection<String> editIds) {
        return edits(handle, "SELECT release_slots(?, ?)", instance, editIds.toArray(String[]::new));
    }

    /** Removes all tickets of this instance and passes their slots on. */
    void removeAll(Handle handle) {
        edits(handle, "SELECT release_slots(?, ARRAY(SELECT DISTINCT edit_id FROM slot_tickets WHERE instance = ?))",
                instance, instance);
    }

    /** Removes the tickets of dead instances and passes their slots on. Returns the edits of this instance that start. */
    Set<String> removeDead(Handle handle) {
        return edits(handle, "SELECT bury_slots(?, ?)", instance, deadBefore.getAsLong());
    }

    /** Whether a dead instance has tickets. */
    boolean hasDead(Handle handle) {
        return !edits(handle, "SELECT dead_slot_holders(?, ?)", instance, deadBefore.getAsLong()).isEmpty();
    }

    /** The edits of this instance that have a ticket, and whether they run. */
    Map<String, Boolean> tickets(Handle handle) {
        Map<String, Boolean> tickets = new HashMap<>();
        DirectSql.query(handle, "SELECT DISTINCT edit_id, running FROM slot_tickets WHERE instance = ?",
                row -> tickets.put(row.getString("edit_id"), row.getInt("running") == 1), instance);
        return tickets;
    }

    /** Restores tickets of this instance that another instance has removed, in several statements. Returns the edits that start. */
    Set<String> restore(Handle handle, Collection<SlotTicket> missing) {
        List<String> scopes = new ArrayList<>();
        for (SlotTicket ticket : missing) {
            for (ConcurrencyScope scope : ticket.scopes()) {
                scopes.add(scope.name());
                DirectSql.update(handle, """
                        INSERT INTO slot_tickets (id, scope, instance, edit_id, running, created_at, most)
                        VALUES (nextval('slot_ticket_ids'), ?, ?, ?, ?, ?, ?)""", scope.name(), instance,
                        ticket.editId(), ticket.runs() ? 1 : 0, clock.millis(), scope.maxRunning());
            }
        }
        return edits(handle, "SELECT hand_on_slots(?, ?)", instance, scopes.toArray(String[]::new));
    }

    private static Set<String> edits(Handle handle, String sql, Object... parameters) {
        Set<String> edits = new HashSet<>();
        DirectSql.query(handle, sql, row -> edits.addAll(Arrays.asList((String[]) row.getArray(1).getArray())),
                parameters);
        return edits;
    }

    private static <T> String[] texts(List<T> items, Function<T, String> text) {
        return items.stream().map(text).toArray(String[]::new);
    }

    private static <T> Integer[] numbers(List<T> items, Function<T, Integer> number) {
        return items.stream().map(number).toArray(Integer[]::new);
    }
}
