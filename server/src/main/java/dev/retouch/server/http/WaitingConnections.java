package dev.retouch.server.http;

import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Optional;
import java.util.SequencedSet;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * The open connections. Those on which no request is processed wait, and are ordered by client address and time. Thread-safe.
 *
 * @param <C> a connection
 */
final class WaitingConnections<C> {

    /** How many connections are looked at for one to close, so that opening a connection never takes long. */
    private static final int MAX_TRIES = 8;

    private final int max;
    private final int minWaiting;
    private final long minWaitNanos;
    private final Map<C, State> open = new HashMap<>();
    /** By client address. Each set begins with the connection that has waited longest. */
    private final Map<Object, SequencedSet<C>> waiting = new HashMap<>();
    /** Client addresses by their number of waiting connections; those with a number for longest come first. */
    private final NavigableMap<Integer, SequencedSet<Object>> addresses = new TreeMap<>();
    private int waitingCount;

    private static final class State {

        private final Object address;
        /** Requests in progress; an HTTP/2 connection may have several. */
        private int requests;
        private long waitingSince;

        State(Object address) {
            this.address = address;
        }
    }

    /**
     * No connection yet.
     *
     * @param max the number of connections above which some are to be closed
     * @param minWaiting so many waiting connections are never closed, because new clients need time to send their first request
     * @param minWait a connection that has waited for less is not closed, because its client may just send its next request
     */
    WaitingConnections(int max, int minWaiting, Duration minWait) {
        this.max = max;
        this.minWaiting = minWaiting;
        this.minWaitNanos = minWait.toNanos();
    }

    /**
     * Adds a connection, which waits for its first request.
     *
     * @param address of the client
     */
    synchronized void opened(C connection, Object address) {
        State state = new State(address);
        open.put(connection, state);
        startWaiting(connection, state);
    }

    /** Removes a connection. */
    synchronized void closed(C connection) {
        State state = open.remove(connection);
        if (state != null && state.requests == 0) {
            stopWaiting(connection, state);
        }
    }

    /** A request begins. Returns false if the connection is no longer open. */
    synchronized boolean begin(C connection) {
        State state = open.get(connection);
        if (state == null) {
            return false;
        }
        if (state.requests == 0) {
            stopWaiting(connection, state);
        }
        state.requests++;
        return true;
    }

    /** A request has ended. */
    synchronized void end(C connection) {
        State state = open.get(connection);
        if (state != null) {
            state.requests--;
            if (state.requests == 0) {
                startWaiting(connection, state);
            }
        }
    }

    synchronized int count() {
        return open.size();
    }

    /**
     * Removes a connection that is to be closed: the one that has waited longest, of the client address with the most waiting
     * connections.
     *
     * @param closable whether a connection may be closed; others are looked at again after the rest
     * @return the connection; empty if there are not too many connections, or none may be closed
     */
    synchronized Optional<C> removeExcess(Predicate<C> closable) {
        if (open.size() <= max || waitingCount <= minWaiting) {
            return Optional.empty();
        }
        SequencedSet<C> most = waitingOf(addresses.lastEntry().getValue().getFirst());
        for (int tries = Math.min(MAX_TRIES, most.size()); tries > 0; tries--) {
            C longest = most.getFirst();
            if (hasWaited(longest) && closable.test(longest)) {
                closed(longest);
                return Optional.of(longest);
            }
            most.addLast(longest);
        }
        return Optional.empty();
    }

    private boolean hasWaited(C connection) {
        State state = open.get(connection);
        return state != null && System.nanoTime() - state.waitingSince >= minWaitNanos;
    }

    private void startWaiting(C connection, State state) {
        state.waitingSince = System.nanoTime();
        SequencedSet<C> same = waiting.computeIfAbsent(state.address, any -> new LinkedHashSet<>());
        same.add(connection);
        count(state.address, same.size() - 1, same.size());
        waitingCount++;
    }

    private void stopWaiting(C connection, State state) {
        SequencedSet<C> same = waitingOf(state.address);
        same.remove(connection);
        if (same.isEmpty()) {
            waiting.remove(state.address);
        }
        count(state.address, same.size() + 1, same.size());
        waitingCount--;
    }

    private SequencedSet<C> waitingOf(Object address) {
        return Objects.requireNonNull(waiting.get(address));
    }

    private void count(Object address, int before, int after) {
        SequencedSet<Object> equal = addresses.get(before);
        if (equal != null) {
            equal.remove(address);
            if (equal.isEmpty()) {
                addresses.remove(before);
            }
        }
        if (after > 0) {
            addresses.computeIfAbsent(after, any -> new LinkedHashSet<>()).add(address);
        }
    }
}
