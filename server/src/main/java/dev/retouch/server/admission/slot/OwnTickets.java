package dev.retouch.server.admission.slot;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The tickets of this instance, to compare them with the rows of the table. Thread-safe. */
final class OwnTickets {

    /** Longer than a statement can be on its way to the database. */
    private static final Duration IN_DOUBT = Duration.ofMinutes(1);

    /**
     * Tickets from before they are written until before they are removed. A row of this instance without a ticket here is left over from a
     * statement whose outcome was unknown.
     */
    private final Map<String, SlotTicket> tickets = new ConcurrentHashMap<>();

    /** Edits whose tickets are not known to be written. */
    private final Set<String> entering = ConcurrentHashMap.newKeySet();

    /** Edits whose tickets must be removed from the table as soon as the database is available. */
    private final Set<String> abandoned = ConcurrentHashMap.newKeySet();

    private volatile long inDoubtUntil = System.nanoTime();

    /** Adds a ticket before it is written. */
    void enter(SlotTicket ticket) {
        entering.add(ticket.editId());
        tickets.put(ticket.editId(), ticket);
    }

    /** Notes that a ticket is written, or that it was removed. */
    void entered(SlotTicket ticket) {
        entering.remove(ticket.editId());
    }

    /** Removes a ticket before its row is removed. */
    void remove(SlotTicket ticket) {
        tickets.remove(ticket.editId());
    }

    /** Removes a ticket whose row may exist, or may be written later. */
    void abandon(SlotTicket ticket) {
        remove(ticket);
        inDoubtUntil = System.nanoTime() + IN_DOUBT.toNanos();
        abandoned.add(ticket.editId());
    }

    /** Lets edits run whose turn it is. Those of other instances are not known here. */
    void start(Set<String> editIds) {
        for (String editId : editIds) {
            SlotTicket ticket = tickets.get(editId);
            if (ticket != null) {
                ticket.turn().complete(true);
            }
        }
    }

    int running() {
        return Math.toIntExact(tickets.values().stream().filter(SlotTicket::runs).count());
    }

    boolean isEmpty() {
        return tickets.isEmpty();
    }

    /** Whether rows of abandoned tickets may exist, or may be written later. */
    boolean isInDoubt() {
        return !abandoned.isEmpty() || inDoubtUntil - System.nanoTime() > 0;
    }

    /** The edits whose tickets are abandoned now. */
    Set<String> abandoned() {
        return new HashSet<>(abandoned);
    }

    /** Notes that the rows of these edits are removed. */
    void removed(Set<String> editIds) {
        abandoned.removeAll(editIds);
    }

    /** The tickets that a later look at the table must find. */
    List<SlotTicket> written() {
        return tickets.values().stream().filter(ticket -> !entering.contains(ticket.editId())).toList();
    }

    /** Those of the written tickets that have no row and were not removed meanwhile. */
    List<SlotTicket> missing(List<SlotTicket> written, Set<String> rows) {
        return written.stream()
                .filter(ticket -> !rows.contains(ticket.editId()) && tickets.containsKey(ticket.editId())).toList();
    }

    /** The rows that have no ticket. */
    Set<String> leftOver(Set<String> rows) {
        Set<String> leftOver = new HashSet<>(rows);
        leftOver.removeAll(tickets.keySet());
        return leftOver;
    }

    /** Ends all waits with a failure. Running edits are not affected. */
    void fail(List<SlotTicket> some, RuntimeException failure) {
        some.forEach(ticket -> ticket.turn().completeExceptionally(failure));
    }

    /** Ends all waits with a failure and forgets everything. */
    void close(RuntimeException failure) {
        fail(List.copyOf(tickets.values()), failure);
        tickets.clear();
    }
}
