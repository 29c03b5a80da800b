package dev.retouch.server.admission.slot;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

import dev.retouch.server.admission.QueueFullException;
import dev.retouch.server.admission.SlotWaitTimeoutException;

/** Keeps slots and queues in memory. A lock guards them; it is never held during a wait. */
public final class InMemoryConcurrencyLimiter implements ConcurrencyLimiter {

    private static final Slot UNLIMITED = () -> {};

    private final Clock clock;
    private final WaitEstimator times = new WaitEstimator();
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, Line> lines = new HashMap<>();
    private long arrivals;
    private int held;
    private int waiting;

    /** Creates the limiter without running or waiting edits. */
    public InMemoryConcurrencyLimiter(Clock clock) {
        this.clock = clock;
    }

    /** Slots and queue of a scope; removed when both are empty. */
    private static final class Line {

        private final String name;
        private final LinkedHashSet<Edit> queue = new LinkedHashSet<>();
        private int maxRunning;
        private int running;

        Line(String name) {
            this.name = name;
        }

        boolean hasRoom() {
            return running < maxRunning;
        }
    }

    /** An edit that runs or waits. */
    private static final class Edit {

        private final long number;
        private final List<Line> lines;
        private final Condition turn;
        private boolean runs;

        Edit(long number, List<Line> lines, Condition turn) {
            this.number = number;
            this.lines = lines;
            this.turn = turn;
        }

        long number() {
            return number;
        }

        boolean hasRoom() {
            return lines.stream().allMatch(Line::hasRoom);
        }
    }

    @Override
    public Slot acquire(List<ConcurrencyScope> scopes, String editId) throws InterruptedException {
        if (scopes.isEmpty()) {
            return UNLIMITED;
        }
        lock.lock();
        try {
            Edit edit = arrive(scopes);
            if (edit.hasRoom()) {
                start(edit);
            } else {
                refuseWithoutPlace(scopes, edit);
                waitFor(edit, scopes);
            }
            return new Held(edit);
        } finally {
            scopes.forEach(scope -> forgetIfIdle(scope.name()));
            lock.unlock();
        }
    }

    @Override
    public int held() {
        lock.lock();
        try {
            return held;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public int waiting() {
        lock.lock();
        try {
            return waiting;
        } finally {
            lock.unlock();
        }
    }

    private Edit arrive(List<ConcurrencyScope> scopes) {
        List<Line> wanted = new ArrayList<>();
        boolean raised = false;
        for (ConcurrencyScope scope : scopes) {
            Line line = lines.computeIfAbsent(scope.name(), Line::new);
            raised |= scope.maxRunning() > line.maxRunning && !line.queue.isEmpty();
            line.maxRunning = scope.maxRunning();
            wanted.add(line);
        }
        if (raised) {
            startWhoCan(wanted);
        }
        return new Edit(++arrivals, List.copyOf(wanted), lock.newCondition());
    }

    private void refuseWithoutPlace(List<ConcurrencyScope> scopes, Edit edit) {
        for (int i = 0; i < scopes.size(); i++) {
            ConcurrencyScope scope = scopes.get(i);
            if (edit.lines.get(i).queue.size() >= scope.queue()) {
                throw new QueueFullException(scope, times.until(scope.name(), 1, scope.maxRunning(), Duration.ZERO));
            }
        }
    }

    private void waitFor(Edit edit, List<ConcurrencyScope> scopes) throws InterruptedException {
        Duration maxWait = ConcurrencyScope.shortestMaxWait(scopes);
        long left = maxWait.toNanos();
        edit.lines.forEach(line -> line.queue.add(edit));
        waiting++;
        try {
            while (!edit.runs && left > 0) {
                left = edit.turn.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            if (edit.runs) {
                end(edit);
            } else {
                leave(edit);
            }
            throw e;
        }
        if (!edit.runs) {
            leave(edit);
            throw waitTimeout(edit, scopes, maxWait);
        }
    }

    private SlotWaitTimeoutException waitTimeout(Edit edit, List<ConcurrencyScope> scopes, Duration maxWait) {
        int full = 0;
        while (full < scopes.size() - 1 && edit.lines.get(full).hasRoom()) {
            full++;
        }
        ConcurrencyScope scope = scopes.get(full);
        return new SlotWaitTimeoutException(scope, maxWait,
                times.until(scope.name(), edit.lines.get(full).queue.size() + 1, scope.maxRunning(), maxWait));
    }

    private void leave(Edit edit) {
        edit.lines.forEach(line -> line.queue.remove(edit));
        waiting--;
    }

    private void start(Edit edit) {
        edit.lines.forEach(line -> line.running++);
        edit.runs = true;
        held++;
    }

    private void end(Edit edit) {
        edit.lines.forEach(line -> line.running--);
        held--;
        startWhoCan(edit.lines);
        edit.lines.forEach(line -> forgetIfIdle(line.name));
    }

    /** Only edits in these queues can have become able to run. */
    private void startWhoCan(List<Line> freed) {
        List<Edit> inOrder = freed.stream().flatMap(line -> line.queue.stream()).distinct()
                .sorted(Comparator.comparingLong(Edit::number)).toList();
        for (Edit edit : inOrder) {
            if (edit.hasRoom()) {
                leave(edit);
                start(edit);
                edit.turn.signal();
            }
        }
    }

    private void forgetIfIdle(String name) {
        Optional.ofNullable(lines.get(name)).filter(line -> line.running == 0 && line.queue.isEmpty())
                .ifPresent(line -> lines.remove(name));
    }

    /** The slot of a running edit. */
    private final class Held implements Slot {

        private final Edit edit;
        private final Instant since = clock.instant();
        private final AtomicBoolean closed = new AtomicBoolean();

        Held(Edit edit) {
            this.edit = edit;
        }

        @Override
        public void close() {
            if (closed.getAndSet(true)) {
                return;
            }
            Duration time = Duration.between(since, clock.instant());
            edit.lines.forEach(line -> times.ended(line.name, time));
            lock.lock();
            try {
                end(edit);
            } finally {
                lock.unlock();
            }
        }
    }
}
