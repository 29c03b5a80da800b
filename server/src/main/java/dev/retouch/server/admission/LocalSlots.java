package dev.retouch.server.admission;

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

/** Slots in the memory of one process. One lock guards all of them, and is never held while anybody waits. */
public final class LocalSlots implements Slots {

    private static final Slot UNLIMITED = () -> {};

    private final Clock clock;
    private final HoldTimes times = new HoldTimes();
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, Line> lines = new HashMap<>();
    private long arrivals;
    private int held;
    private int waiting;

    /** Nobody runs and nobody waits. */
    public LocalSlots(Clock clock) {
        this.clock = clock;
    }

    /** One scope's slots and queue; forgotten when there is nobody in it. */
    private static final class Line {

        private final String name;
        private final LinkedHashSet<Edit> queue = new LinkedHashSet<>();
        private int most;
        private int running;

        Line(String name) {
            this.name = name;
        }

        boolean hasRoom() {
            return running < most;
        }
    }

    /** One edit that wants to run, or does. */
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
    public Slot acquire(List<SlotScope> scopes, String editId) throws InterruptedException {
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

    private Edit arrive(List<SlotScope> scopes) {
        List<Line> wanted = new ArrayList<>();
        boolean raised = false;
        for (SlotScope scope : scopes) {
            Line line = lines.computeIfAbsent(scope.name(), Line::new);
            raised |= scope.most() > line.most && !line.queue.isEmpty();
            line.most = scope.most();
            wanted.add(line);
        }
        if (raised) {
            startWhoCan(wanted);
        }
        return new Edit(++arrivals, List.copyOf(wanted), lock.newCondition());
    }

    private void refuseWithoutPlace(List<SlotScope> scopes, Edit edit) {
        for (int i = 0; i < scopes.size(); i++) {
            SlotScope scope = scopes.get(i);
            if (edit.lines.get(i).queue.size() >= scope.queue()) {
                throw new QueueFullException(scope, times.until(scope.name(), 1, scope.most(), Duration.ZERO));
            }
        }
    }

    private void waitFor(Edit edit, List<SlotScope> scopes) throws InterruptedException {
        Duration patience = SlotScope.shortestPatience(scopes);
        long left = patience.toNanos();
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
            throw waitedInVain(edit, scopes, patience);
        }
    }

    private SlotWaitExceededException waitedInVain(Edit edit, List<SlotScope> scopes, Duration patience) {
        int full = 0;
        while (full < scopes.size() - 1 && edit.lines.get(full).hasRoom()) {
            full++;
        }
        SlotScope scope = scopes.get(full);
        return new SlotWaitExceededException(scope, patience,
                times.until(scope.name(), edit.lines.get(full).queue.size() + 1, scope.most(), patience));
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

    /** Only who waits in one of these lines can have got room. */
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

    /** The slot of an edit that runs. */
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
