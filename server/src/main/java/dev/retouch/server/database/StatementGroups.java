package dev.retouch.server.database;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;

/**
 * Writes items to PostgreSQL in groups: one statement and one commit for all items that arrived while the previous statement was
 * running. Statements follow each other in a lane, and wait at most a millisecond for callers that write again. Another lane
 * opens only when an item has waited for long, because a statement may wait for a row that another transaction has locked: with more lanes from the start, groups would be small and would wait for each other. If a
 * statement fails because of an item, each item of its group is written alone, so that only that item fails.
 *
 * @param <I> the type of the items
 * @param <O> the type of the outcomes
 */
final class StatementGroups<I, O> implements GroupedWrites<I, O> {

    private static final int MAX_GROUP = 256;
    /** Longer than statements take that do not wait for a lock. */
    private static final Duration LONG = Duration.ofMillis(25);
    /** Callers that write again do so within this time, and one millisecond is little beside an edit. */
    private static final Duration GATHERING = Duration.ofMillis(1);

    private final PostgresWriter writer;
    private final OutageWatch watch;
    private final Writer.GroupStatement<I, O> statement;
    private final Function<I, ?> identity;
    private final int maxLanes;
    private final Duration gathering;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition arrived = lock.newCondition();
    private final Queue<Entry<I, O>> waiting = new ArrayDeque<>();
    private int lanes;

    StatementGroups(PostgresWriter writer, OutageWatch watch, Writer.GroupStatement<I, O> statement,
            Function<I, ?> identity, int maxLanes) {
        this(writer, watch, statement, identity, maxLanes, GATHERING);
    }

    /**
     * Creates a queue.
     *
     * @param gathering the longest time that a statement waits for as many items as the previous statement had
     */
    StatementGroups(PostgresWriter writer, OutageWatch watch, Writer.GroupStatement<I, O> statement,
            Function<I, ?> identity, int maxLanes, Duration gathering) {
        this.writer = writer;
        this.watch = watch;
        this.statement = statement;
        this.identity = identity;
        this.maxLanes = maxLanes;
        this.gathering = gathering;
    }

    private record Entry<I, O>(I item, DatabaseCall<O> call) {}

    @Override
    public O write(I item, Duration patience) {
        DatabaseCall<O> call = new DatabaseCall<>();
        if (!watch.admits(call)) {
            return call.await(patience);
        }
        Entry<I, O> entry = new Entry<>(item, call);
        add(entry);
        if (maxLanes == 1 || patience.compareTo(LONG) < 0 || call.endsWithin(LONG)) {
            return call.await(patience);
        }
        openAnotherLane(entry);
        return call.await(patience.minus(LONG));
    }

    private void add(Entry<I, O> entry) {
        boolean opens;
        lock.lock();
        try {
            waiting.add(entry);
            arrived.signal();
            opens = lanes == 0;
            lanes += opens ? 1 : 0;
        } finally {
            lock.unlock();
        }
        if (opens) {
            open(entry);
        }
    }

    private void openAnotherLane(Entry<I, O> slow) {
        boolean opens;
        lock.lock();
        try {
            opens = !waiting.isEmpty() && lanes < maxLanes;
            lanes += opens ? 1 : 0;
        } finally {
            lock.unlock();
        }
        if (opens) {
            open(slow);
        }
    }

    private void open(Entry<I, O> entry) {
        if (!writer.execute(this::run)) {
            reject(entry);
        }
    }

    /** Fails an entry that came after the writer was closed, and those that no running task writes. */
    private void reject(Entry<I, O> late) {
        List<Entry<I, O>> rejected = new ArrayList<>();
        lock.lock();
        try {
            lanes--;
            if (lanes == 0) {
                rejected.addAll(waiting);
                waiting.clear();
            } else if (waiting.remove(late)) {
                rejected.add(late);
            }
        } finally {
            lock.unlock();
        }
        rejected.forEach(entry -> writer.reject(entry.call()));
    }

    /** Writes one group. Another task writes the next one, so that other work gets its turn on the threads. */
    private void run() {
        boolean more;
        do {
            List<Entry<I, O>> group = next();
            if (!group.isEmpty()) {
                try {
                    write(group);
                } finally {
                    group.forEach(entry -> watch.ended(entry.call()));
                }
            }
            more = continues(group.size());
        } while (more && !writer.execute(this::run)); // a closed writer finishes what is queued
    }

    /** Whether another group follows a group of this size. */
    private boolean continues(int size) {
        lock.lock();
        try {
            if (size > 1) {
                gather(size);
            }
            lanes -= waiting.isEmpty() ? 1 : 0;
            return !waiting.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits shortly for the next items of callers whose items were written together. Otherwise the first caller that returns would get a
     * statement for itself, and all others would wait for its commit.
     */
    private void gather(int size) {
        try {
            long left = gathering.toNanos();
            while (left > 0 && waiting.size() < size) {
                left = arrived.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the writer is closed; items that wait are still written
        }
    }

    private List<Entry<I, O>> next() {
        List<Entry<I, O>> group = new ArrayList<>();
        Set<Object> identities = new HashSet<>();
        lock.lock();
        try {
            Iterator<Entry<I, O>> entries = waiting.iterator();
            while (entries.hasNext() && group.size() < MAX_GROUP) {
                Entry<I, O> entry = entries.next();
                if (!identities.add(identity.apply(entry.item()))) {
                    continue; // the next group writes it
                }
                entries.remove();
                if (entry.call().begin()) {
                    group.add(entry);
                } else {
                    watch.ended(entry.call());
                }
            }
        } finally {
            lock.unlock();
        }
        return group;
    }

    private void write(List<Entry<I, O>> group) {
        List<DatabaseCall<O>> calls = group.stream().map(Entry::call).toList();
        List<I> items = group.stream().map(Entry::item).toList();
        try {
            List<O> outcomes = writer.write(calls, handle -> statement.execute(handle, items), false);
            for (int index = 0; index < calls.size(); index++) {
                calls.get(index).complete(outcomes.get(index));
            }
        } catch (RuntimeException | Error e) { // every caller must get a result
            if (e instanceof DatabaseUnavailableException || group.size() == 1) {
                calls.forEach(call -> call.fail(e));
            } else {
                group.forEach(entry -> write(List.of(entry)));
            }
        }
    }
}
