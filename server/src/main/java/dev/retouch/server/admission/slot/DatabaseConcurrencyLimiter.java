package dev.retouch.server.admission.slot;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.function.LongSupplier;

import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.retouch.server.admission.QueueFullException;
import dev.retouch.server.admission.SlotWaitTimeoutException;
import dev.retouch.server.admission.slot.SlotTicket.Verdict;
import dev.retouch.server.database.Database;
import dev.retouch.server.database.DatabaseUnavailableException;
import dev.retouch.server.database.GroupedWrites;

/**
 * Keeps slots and queues in the database that several instances share. Taking a slot and releasing it is one statement each, for all
 * edits that do so at the same time. A waiting edit is a row of a table; the instance that releases a slot notifies the instance of the
 * edit whose turn it is. A thread of this instance reads its rows from time to time, in case a notification or a release was lost. Slots of a
 * dead instance are released; heartbeats are sent elsewhere.
 */
public final class DatabaseConcurrencyLimiter implements ConcurrencyLimiter, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(DatabaseConcurrencyLimiter.class);
    private static final String CHANNEL = "retouch_slots";
    /** While edits of this instance wait, or a statement whose outcome is unknown may still be written. */
    private static final Duration PAUSE = Duration.ofSeconds(1);
    private static final Duration PAUSE_WHILE_AWAY = Duration.ofMillis(500);
    private static final Duration PAUSE_WHILE_NOBODY_WAITS = Duration.ofSeconds(5);
    /** PostgreSQL writes a commit to disk within this time, although the client does not wait for it. */
    private static final Duration DURABLE = Duration.ofSeconds(2);
    private static final Slot UNLIMITED = () -> {};

    private final Database database;
    private final Clock clock;
    private final SlotTable table;
    private final GroupedWrites<SlotTicket, Verdict> entries;
    private final GroupedWrites<String, Boolean> releases;
    private final WaitEstimator times = new WaitEstimator();
    private final OwnTickets mine = new OwnTickets();
    private final AtomicInteger waiting = new AtomicInteger();
    private final Thread thread;
    private volatile boolean closing;

    /**
     * Whether the last look at the table failed. During an outage only the thread releases slots, so that no edit waits for
     * it.
     */
    private volatile boolean away;

    /** The time of a release that a crash of the database may undo; null if there is none. */
    private final AtomicReference<@Nullable Release> released = new AtomicReference<>();

    /**
     * Creates the limiter.
     *
     * @param instance id of this instance in the table of instances
     * @param clock clock that all instances agree on
     * @param deadBefore the time on this clock, in milliseconds since 1970, before which the last heartbeat of a dead instance is
     */
    public DatabaseConcurrencyLimiter(Database database, String instance, Clock clock,
            LongSupplier deadBefore) {
        this.database = database;
        this.clock = clock;
        table = new SlotTable(instance, clock, deadBefore);
        entries = database.grouped(this::enter, SlotTicket::editId, 1);
        releases = database.grouped(this::release, Function.identity(), 1);
        database.listen(CHANNEL, editId -> mine.start(Set.of(editId)));
        thread = Thread.ofPlatform().daemon().name("slots").start(this::run);
    }

    /**
     * {@inheritDoc}
     *
     * @throws DatabaseUnavailableException if the database is unavailable, also if it becomes so during the wait
     */
    @Override
    public Slot acquire(List<ConcurrencyScope> scopes, String editId) throws InterruptedException {
        if (scopes.isEmpty()) {
            return UNLIMITED;
        }
        if (closing) {
            throw closed();
        }
        SlotTicket ticket = SlotTicket.of(editId, scopes);
        switch (enter(ticket)) {
            case Verdict.Refused refused -> {
                mine.remove(ticket);
                throw new QueueFullException(refused.scope(),
                        times.until(refused.scope().name(), 1, refused.scope().maxRunning(), Duration.ZERO));
            }
            case Verdict.Running _ -> ticket.turn().complete(true);
            case Verdict.Waiting _ -> waitFor(ticket);
        }
        return new Held(ticket);
    }

    @Override
    public int held() {
        return mine.running();
    }

    @Override
    public int waiting() {
        return waiting.get();
    }

    private Verdict enter(SlotTicket ticket) throws InterruptedException {
        mine.enter(ticket);
        try {
            return entries.write(ticket, Database.timeout());
        } catch (DatabaseUnavailableException e) {
            abandon(ticket, e.mayBeWritten());
            throw interruptedOr(e);
        } catch (RuntimeException | Error e) {
            abandon(ticket, true);
            throw e;
        } finally {
            mine.entered(ticket);
        }
    }

    private List<Verdict> enter(Handle handle, List<SlotTicket> tickets) {
        SlotTable.Entered entered = table.enter(handle, tickets);
        mine.start(entered.started());
        return entered.verdicts();
    }

    private List<Boolean> release(Handle handle, List<String> editIds) {
        mine.start(table.remove(handle, editIds));
        return Collections.nCopies(editIds.size(), true);
    }

    private void waitFor(SlotTicket ticket) throws InterruptedException {
        Duration maxWait = ConcurrencyScope.shortestMaxWait(ticket.scopes());
        waiting.incrementAndGet();
        try {
            LockSupport.unpark(thread);
            ticket.turn().get(maxWait.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            leave(ticket, maxWait);
        } catch (InterruptedException e) {
            abandon(ticket, true);
            throw e;
        } catch (ExecutionException e) {
            abandon(ticket, true);
            throw e.getCause() instanceof RuntimeException failure ? failure : new IllegalStateException(e);
        } finally {
            waiting.decrementAndGet();
        }
    }

    private void leave(SlotTicket ticket, Duration maxWait) throws InterruptedException {
        Verdict verdict;
        try {
            verdict = database.writeStatement(handle -> table.leave(handle, ticket));
        } catch (DatabaseUnavailableException e) {
            abandon(ticket, true);
            throw interruptedOr(e);
        }
        if (verdict instanceof Verdict.Refused(ConcurrencyScope scope, int others)) {
            mine.remove(ticket);
            throw new SlotWaitTimeoutException(scope, maxWait,
                    times.until(scope.name(), others + 1, scope.maxRunning(), maxWait));
        }
        ticket.turn().complete(true);
    }

    /** Restores an interruption that the database reports as its own failure. */
    private static DatabaseUnavailableException interruptedOr(DatabaseUnavailableException failure)
            throws InterruptedException {
        if (failure.getCause() instanceof InterruptedException) {
            Thread.interrupted();
            throw new InterruptedException();
        }
        return failure;
    }

    private void abandon(SlotTicket ticket, boolean mayBeWritten) {
        if (mayBeWritten) {
            mine.abandon(ticket);
            LockSupport.unpark(thread);
        } else {
            mine.remove(ticket);
        }
    }

    private void giveBack(SlotTicket ticket) {
        mine.remove(ticket);
        if (!away) {
            try {
                releases.write(ticket.editId(), Database.timeout());
                released.set(new Release(System.nanoTime()));
                return;
            } catch (RuntimeException e) {
                LOG.warn("slot release deferred edit={}", ticket.editId(), e);
            }
        }
        abandon(ticket, true);
    }

    private void run() {
        while (!closing) {
            pause();
            if (!closing && (isUrgent() || !mine.isEmpty() || released.get() != null)) {
                look();
            }
        }
    }

    private boolean isUrgent() {
        return waiting.get() > 0 || mine.isInDoubt();
    }

    /** Is woken when it becomes urgent. */
    private void pause() {
        long begin = System.nanoTime();
        long left = 1;
        while (left > 0 && !closing) {
            Duration time = away ? PAUSE_WHILE_AWAY : isUrgent() ? PAUSE : PAUSE_WHILE_NOBODY_WAITS;
            left = time.toNanos() - (System.nanoTime() - begin);
            if (left > 0) {
                LockSupport.parkNanos(this, left);
            }
        }
    }

    private record Release(long nanos) {}

    /** What the table has of this instance. */
    private record Seen(Map<String, Boolean> tickets, boolean deadHolders) {}

    private void look() {
        Set<String> leaving = mine.abandoned();
        List<SlotTicket> written = mine.written();
        Release release = released.get();
        boolean durable = release != null && System.nanoTime() - release.nanos() > DURABLE.toNanos();
        try {
            Seen seen = database
                    .read(handle -> new Seen(table.tickets(handle), waiting.get() > 0 && table.hasDead(handle)));
            tend(seen, leaving, written);
            mine.removed(leaving);
            away = false;
            if (durable) {
                released.compareAndSet(release, null); // not if there was another release meanwhile
            }
        } catch (RuntimeException e) {
            if (!away) {
                LOG.warn("slot queue stalled waiting={} unreleased={}", waiting.get(), leaving.size(), e);
            }
            away = true;
            mine.fail(written, e);
        } catch (Error e) { // without this thread, an edit whose notification was lost would never run
            LOG.error("slot queue failed waiting={}", waiting.get(), e);
        }
    }

    private void tend(Seen seen, Set<String> leaving, List<SlotTicket> written) {
        Set<String> leftOver = mine.leftOver(seen.tickets().keySet());
        leftOver.addAll(leaving);
        if (!leftOver.isEmpty()) {
            mine.start(database.<Set<String>>writeStatement(handle -> table.remove(handle, leftOver)));
        }
        List<SlotTicket> missing = mine.missing(written, seen.tickets().keySet());
        if (!missing.isEmpty()) {
            mine.start(database.<Set<String>>write(handle -> table.restore(handle, missing)));
        }
        if (seen.deadHolders()) {
            mine.start(database.<Set<String>>writeStatement(table::removeDead));
        }
        seen.tickets().values().removeIf(runs -> !runs);
        mine.start(seen.tickets().keySet());
    }

    private static IllegalStateException closed() {
        return new IllegalStateException("the limiter is closed");
    }

    /** Ends all waits. Removes the tickets of this instance if the database is available. */
    @Override
    public void close() {
        closing = true;
        LockSupport.unpark(thread);
        mine.close(closed());
        try {
            database.writeStatement(handle -> {
                table.removeAll(handle);
                return true;
            });
        } catch (RuntimeException e) {
            LOG.warn("slots not released, reconciliation releases them when this instance is dead", e);
        }
    }

    /** The slot of a running edit. */
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
