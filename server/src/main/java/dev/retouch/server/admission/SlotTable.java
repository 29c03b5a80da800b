package dev.retouch.server.admission;

import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

import org.jdbi.v3.core.Handle;

import dev.retouch.server.admission.SlotTicket.Verdict;

/**
 * The tickets of all instances. Every method is one piece of work that writes, and those of all instances take turns, so what
 * is read here is still so when it is written. Between them no ticket waits that could run: whatever makes room hands it on
 * in the same piece of work, to the tickets of any instance.
 */
final class SlotTable {

    private final String instance;
    private final Clock clock;
    private final Duration deadAfter;

    SlotTable(String instance, Clock clock, Duration deadAfter) {
        this.instance = instance;
        this.clock = clock;
        this.deadAfter = deadAfter;
    }

    /** How many run and how many wait in a scope, and with which limits they came. */
    private record Count(int running, int waiting, int leastMost, int greatestMost) {

        static final Count NONE = new Count(0, 0, Integer.MAX_VALUE, 0);

        Count and(Count other) {
            return new Count(running + other.running, waiting + other.waiting,
                    Math.min(leastMost, other.leastMost), Math.max(greatestMost, other.greatestMost));
        }
    }

    /** One ticket's row for one scope. */
    private record Row(String editId, String scope, int most) {}

    /** Lets a ticket run, or wait, or neither. */
    Verdict enter(Handle handle, SlotTicket ticket) {
        Map<String, Count> first = count(handle, ticket.scopeNames());
        boolean adopted = adoptLimits(handle, ticket, first);
        if (!adopted && hasRoom(first, ticket)) {
            insert(handle, ticket, true);
            return new Verdict.Running();
        }
        handOn(handle, removeDead(handle));
        Map<String, Count> counts = count(handle, ticket.scopeNames());
        if (hasRoom(counts, ticket)) {
            insert(handle, ticket, true);
            return new Verdict.Running();
        }
        for (SlotScope scope : ticket.scopes()) {
            int waiting = counts.getOrDefault(scope.name(), Count.NONE).waiting();
            if (waiting >= scope.queue()) {
                return new Verdict.Refused(scope, waiting);
            }
        }
        insert(handle, ticket, false);
        return new Verdict.Waiting();
    }

    /** Takes a ticket out of the queues, unless it was its turn meanwhile. */
    Verdict leave(Handle handle, SlotTicket ticket) {
        boolean runs = handle.createQuery("""
                SELECT COUNT(*) FROM slot_tickets WHERE instance = :instance AND edit_id = :edit AND running = 1""")
                .bind("instance", instance).bind("edit", ticket.editId()).mapTo(Integer.class).one() > 0;
        if (runs) {
            return new Verdict.Running();
        }
        remove(handle, List.of(ticket.editId()));
        Map<String, Count> counts = count(handle, ticket.scopeNames());
        SlotScope full = ticket.scopes().stream().filter(scope -> !hasRoom(counts, scope)).findFirst()
                .orElse(ticket.scopes().getFirst());
        return new Verdict.Refused(full, counts.getOrDefault(full.name(), Count.NONE).waiting());
    }

    /** Removes the tickets of these edits, whether they run, wait or are gone, hands their slots on, and says where. */
    Set<String> remove(Handle handle, Collection<String> editIds) {
        if (editIds.isEmpty()) {
            return Set.of();
        }
        Set<String> freed = scopes(handle.createQuery("""
                DELETE FROM slot_tickets WHERE instance = :instance AND edit_id IN (<edits>)
                RETURNING CASE WHEN running = 1 THEN scope ELSE '' END""").bind("instance", instance)
                .bindList("edits", editIds).mapTo(String.class).list());
        handOn(handle, freed);
        return freed;
    }

    /** Removes all tickets of this instance, hands their slots on, and says where. */
    Set<String> removeAll(Handle handle) {
        Set<String> freed = scopes(handle.createQuery("DELETE FROM slot_tickets WHERE instance = ? RETURNING scope")
                .bind(0, instance).mapTo(String.class).list());
        handOn(handle, freed);
        return freed;
    }

    /**
     * What is due every moment while somebody waits.
     *
     * @param mine the tickets that must be there; those that others removed, because this instance seemed dead, come back
     * @return the edits of this instance that run
     */
    Set<String> tend(Handle handle, Collection<SlotTicket> mine) {
        handOn(handle, removeDead(handle));
        Map<String, Boolean> known = runningOf(handle);
        for (SlotTicket ticket : mine) {
            if (!known.containsKey(ticket.editId())) {
                insert(handle, ticket, ticket.runs());
                handOn(handle, Set.copyOf(ticket.scopeNames()));
            }
        }
        known.values().removeIf(runs -> !runs);
        return Set.copyOf(known.keySet());
    }

    /** The limits that a ticket brings are the newest, so they are everybody's; more of them may run then. */
    private static boolean adoptLimits(Handle handle, SlotTicket ticket, Map<String, Count> counts) {
        Set<String> changed = new LinkedHashSet<>();
        for (SlotScope scope : ticket.scopes()) {
            Count count = counts.get(scope.name());
            if (count != null && (count.leastMost() != scope.most() || count.greatestMost() != scope.most())) {
                handle.execute("UPDATE slot_tickets SET most = ? WHERE scope = ?", scope.most(), scope.name());
                changed.add(scope.name());
            }
        }
        handOn(handle, changed);
        return !changed.isEmpty();
    }

    private Set<String> removeDead(Handle handle) {
        return scopes(handle.createQuery("""
                DELETE FROM slot_tickets WHERE instance != :instance
                AND instance NOT IN (SELECT id FROM instances WHERE seen_at > :dead) RETURNING scope""")
                .bind("instance", instance).bind("dead", clock.instant().minus(deadAfter).toEpochMilli())
                .mapTo(String.class).list());
    }

    /** Lets those run that can, in the order in which they came. */
    private static void handOn(Handle handle, Set<String> freed) {
        if (freed.isEmpty()) {
            return;
        }
        Map<String, List<Row>> waiting = new LinkedHashMap<>();
        handle.createQuery("""
                SELECT edit_id, scope, most FROM slot_tickets WHERE running = 0 AND edit_id IN
                (SELECT edit_id FROM slot_tickets WHERE running = 0 AND scope IN (<scopes>)) ORDER BY id""")
                .bindList("scopes", freed)
                .map((row, context) -> new Row(row.getString("edit_id"), row.getString("scope"), row.getInt("most")))
                .forEach(row -> waiting.merge(row.editId(), List.of(row), SlotTable::joined));
        if (waiting.isEmpty()) {
            return;
        }
        Map<String, Integer> running = new HashMap<>();
        count(handle, waiting.values().stream().flatMap(List::stream).map(Row::scope).distinct().toList())
                .forEach((scope, count) -> running.put(scope, count.running()));
        Set<String> next = new LinkedHashSet<>();
        waiting.forEach((edit, rows) -> {
            if (rows.stream().allMatch(row -> running.getOrDefault(row.scope(), 0) < row.most())) {
                rows.forEach(row -> running.merge(row.scope(), 1, Integer::sum));
                next.add(edit);
            }
        });
        if (!next.isEmpty()) {
            handle.createUpdate("UPDATE slot_tickets SET running = 1 WHERE edit_id IN (<edits>)")
                    .bindList("edits", next).execute();
        }
    }

    private static List<Row> joined(List<Row> some, List<Row> more) {
        return Stream.concat(some.stream(), more.stream()).toList();
    }

    private static Set<String> scopes(List<String> names) {
        Set<String> scopes = new LinkedHashSet<>(names);
        scopes.remove(""); // of a row that only waited
        return scopes;
    }

    private static boolean hasRoom(Map<String, Count> counts, SlotTicket ticket) {
        return ticket.scopes().stream().allMatch(scope -> hasRoom(counts, scope));
    }

    private static boolean hasRoom(Map<String, Count> counts, SlotScope scope) {
        return counts.getOrDefault(scope.name(), Count.NONE).running() < scope.most();
    }

    private static Map<String, Count> count(Handle handle, Collection<String> scopes) {
        Map<String, Count> counts = new HashMap<>();
        handle.createQuery("""
                SELECT scope, running, COUNT(*) AS tickets, MIN(most) AS least, MAX(most) AS greatest
                FROM slot_tickets WHERE scope IN (<scopes>) GROUP BY scope, running""").bindList("scopes", scopes)
                .map((row, context) -> {
                    boolean running = row.getInt("running") == 1;
                    int tickets = row.getInt("tickets");
                    return Map.entry(row.getString("scope"), new Count(running ? tickets : 0, running ? 0 : tickets,
                            row.getInt("least"), row.getInt("greatest")));
                }).forEach(entry -> counts.merge(entry.getKey(), entry.getValue(), Count::and));
        return counts;
    }

    private Map<String, Boolean> runningOf(Handle handle) {
        Map<String, Boolean> running = new HashMap<>();
        handle.createQuery("SELECT DISTINCT edit_id, running FROM slot_tickets WHERE instance = ?").bind(0, instance)
                .map((row, context) -> Map.entry(row.getString("edit_id"), row.getInt("running") == 1))
                .forEach(entry -> running.put(entry.getKey(), entry.getValue()));
        return running;
    }

    private void insert(Handle handle, SlotTicket ticket, boolean running) {
        for (SlotScope scope : ticket.scopes()) {
            handle.createUpdate(
                    """
                            INSERT INTO slot_tickets (id, scope, instance, edit_id, running, created_at, most) VALUES
                            ((SELECT COALESCE(MAX(id), 0) + 1 FROM slot_tickets), :scope, :instance, :edit, :running, :now, :most)
                            """)
                    .bind("scope", scope.name()).bind("instance", instance).bind("edit", ticket.editId())
                    .bind("running", running ? 1 : 0).bind("now", clock.millis()).bind("most", scope.most()).execute();
        }
    }
}
