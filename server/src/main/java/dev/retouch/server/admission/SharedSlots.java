package dev.retouch.server.admission;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.retouch.server.admission.SlotTicket.Verdict;
import dev.retouch.server.store.Database;
import dev.retouch.server.store.DatabaseAwayException;

/**
 * Slots in the database, for all instances that share it. An edit that waits is a row in a table; one thread of this
 * instance looks every 50 ms whether it is the turn of any of its edits, and is asleep while none waits. Slots of an instance
 * that died come free when it was not seen for a while; to be seen is somebody else's task.
 */
public final class SharedSlots implements Slots, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(SharedSlots.class);
    private static final Duration PAUSE = Duration.ofMillis(50);
    private static final Duration PAUSE_WHILE_AWAY = Duration.ofMillis(500);
    private static final Slot UNLIMITED = () -> {};

    private final Database database;
    private final Clock clock;
    private final SlotTable table;
    private final HoldTimes times = new HoldTimes();

    /** Who waits or runs; a ticket leaves this map before it leaves the table, so that it is not put back. */
    private final Map<String, SlotTicket> mine = new ConcurrentHashMap<>();

    /** Edits whose tickets must go from the table as soon as it can be reached. */
    private final Set<String> abandoned = ConcurrentHashMap.newKeySet();

    private final AtomicInteger waiting = new AtomicInteger();
    private final Thread thread;
    private volatile boolean closing;

    /** What that thread saw last. While the database is away, slots are given back by it alone, and nobody waits for that. */
    private volatile boolean away;

    /**
     * The slots in this database.
     *
     * @param instance who this is, among those in the table of instances
     * @param clock one that all instances agree on
     * @param deadAfter how long an instance was not seen when it counts as dead
     */
    public SharedSlots(Database database, String instance, Clock clock, Duration deadAfter) {
        this.database = database;
        this.clock = clock;
        table = new SlotTable(instance, clock, deadAfter);
        thread = Thread.ofPlatform().daemon().name("slots").start(this::run);
    }

    /**
     * {@inheritDoc}
     *
     * @throws DatabaseAwayException where the database is away, or goes away while the edit waits
     */
    @Override
    public Slot acquire(List<SlotScope> scopes, String editId) throws InterruptedException {
        if (scopes.isEmpty()) {
            return UNLIMITED;
        }
        if (closing) {
            throw closed();
        }
        SlotTicket ticket = SlotTicket.of(editId, scopes);
        switch (enter(ticket)) {
            case Verdict.Refused refused -> throw new QueueFullException(refused.scope(),
                    times.until(refused.scope().name(), 1, refused.scope().most(), Duration.ZERO));
            case Verdict.Running _ -> {
                ticket.turn().complete(true);
                mine.put(editId, ticket);
            }
            case Verdict.Waiting _ -> {
                mine.put(editId, ticket);
                waitFor(ticket);
            }
        }
        return new Held(ticket);
    }

    @Override
    public int held() {
        return Math.toIntExact(mine.values().stream().filter(SlotTicket::runs).count());
    }

    @Override
    public int waiting() {
        return waiting.get();
    }

    private Verdict enter(SlotTicket ticket) throws InterruptedException {
        try {
            return database.write(handle -> table.enter(handle, ticket));
        } catch (DatabaseAwayException e) {
            abandon(ticket); // nobody knows whether it was written
            throw interruptedOr(e);
        }
    }

    private void waitFor(SlotTicket ticket) throws InterruptedException {
        Duration patience = SlotScope.shortestPatience(ticket.scopes());
        waiting.incrementAndGet();
        try {
            LockSupport.unpark(thread);
            ticket.turn().get(patience.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            leave(ticket, patience);
        } catch (InterruptedException e) {
            abandon(ticket);
            throw e;
        } catch (ExecutionException e) {
            abandon(ticket);
            throw e.getCause() instanceof RuntimeException failure ? failure : new IllegalStateException(e);
        } finally {
            waiting.decrementAndGet();
        }
    }

    private void leave(SlotTicket ticket, Duration patience) throws InterruptedException {
        mine.remove(ticket.editId());
        Verdict verdict;
        try {
            verdict = database.write(handle -> table.leave(handle, ticket));
        } catch (DatabaseAwayException e) {
            abandon(ticket);
            throw interruptedOr(e);
        }
        if (verdict instanceof Verdict.Refused(SlotScope scope, int others)) {
            throw new SlotWaitExceededException(scope, patience,
                    times.until(scope.name(), others + 1, scope.most(), patience));
        }
        ticket.turn().complete(true);
        mine.put(ticket.editId(), ticket);
    }

    /** The store tells an interruption as its own failure; the one who waits here is to hear of it as such. */
    private static DatabaseAwayException interruptedOr(DatabaseAwayException failure) throws InterruptedException {
        if (failure.getCause() instanceof InterruptedException) {
            Thread.interrupted();
            throw new InterruptedException();
        }
        return failure;
    }

    private void abandon(SlotTicket ticket) {
        mine.remove(ticket.editId());
        abandoned.add(ticket.editId());
        LockSupport.unpark(thread);
    }

    private void giveBack(SlotTicket ticket) {
        mine.remove(ticket.editId());
        if (!away) {
            try {
                database.write(handle -> table.remove(handle, List.of(ticket.editId())));
                return;
            } catch (RuntimeException e) {
                LOG.warn("a slot is given back later edit={}", ticket.editId(), e);
            }
        }
        abandon(ticket);
    }

    private void run() {
        while (!closing) {
            if (waiting.get() == 0 && abandoned.isEmpty()) {
                LockSupport.park(this);
            } else {
                pause(away ? PAUSE_WHILE_AWAY : PAUSE);
                tend();
            }
        }
    }

    private void pause(Duration time) {
        long left = time.toNanos();
        long end = System.nanoTime() + left;
        while (left > 0 && !closing) {
            LockSupport.parkNanos(this, left);
            left = end - System.nanoTime();
        }
    }

    private void tend() {
        Set<String> leaving = Set.copyOf(abandoned);
        try {
            Set<String> running = database.write(handle -> {
                table.remove(handle, leaving);
                return table.tend(handle, mine.values());
            });
            abandoned.removeAll(leaving);
            away = false;
            mine.values().stream().filter(ticket -> running.contains(ticket.editId()))
                    .forEach(ticket -> ticket.turn().complete(true));
        } catch (RuntimeException e) {
            if (!away) {
                LOG.warn("nobody who waits gets a slot waiting={} not_given_back={}", waiting.get(), leaving.size(), e);
            }
            away = true;
            mine.values().forEach(ticket -> ticket.turn().completeExceptionally(e));
        }
    }

    private static IllegalStateException closed() {
        return new IllegalStateException("this instance gives out no more slots");
    }

    /** Ends the waits, and takes all tickets of this instance out of the table if it can be reached. */
    @Override
    public void close() {
        closing = true;
        LockSupport.unpark(thread);
        mine.values().forEach(ticket -> ticket.turn().completeExceptionally(closed()));
        mine.clear();
        try {
            database.write(table::removeAll);
        } catch (RuntimeException e) {
            LOG.warn("the slots of this instance come free when it counts as dead", e);
        }
    }

    /** The slot of an edit that runs. */
    private final class Held implements Slot {

        private final SlotTicket ticket;
        private final Instant since = clock.instant();
        private final AtomicBoolean closed = new AtomicBoolean();

        Held(SlotTicket ticket) {
            this.ticket = ticket;
        }

        @Override
        public void close() {
            if (!closed.getAndSet(true)) {
                Duration time = Duration.between(since, clock.instant());
                ticket.scopeNames().forEach(scope -> times.ended(scope, time));
                giveBack(ticket);
            }
        }
    }
}
