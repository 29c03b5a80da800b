package dev.retouch.server.observe;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

import dev.retouch.server.exchange.EditFigures;
import dev.retouch.server.exchange.EditRecord;
import dev.retouch.server.exchange.EditRecord.Phase;

/**
 * Counts the edits of this instance that run and wait, and knows the durations of recent edits. Its memory does not grow with the number
 * of edits. Thread-safe.
 */
public final class RecentEdits implements EditListener {

    /** How long the duration of an edit counts. */
    static final Duration RECENT = Duration.ofMinutes(5);
    /** Of more edits within {@link #RECENT}, the latest count. */
    private static final int MAX_DURATIONS = 4096;

    private final InstantSource clock;
    private final Instant start;
    private final AtomicInteger running = new AtomicInteger();
    private final AtomicInteger waiting = new AtomicInteger();
    /** Guarded by this. */
    private final Deque<Ended> durations = new ArrayDeque<>();

    private record Ended(Instant time, Duration duration) {}

    /** Starts with no edits. */
    public RecentEdits(InstantSource clock) {
        this.clock = clock;
        this.start = clock.instant();
    }

    @Override
    public void began(EditRecord edit) {
        running.incrementAndGet();
    }

    @Override
    public void entered(EditRecord edit, Phase phase) {
        if (phase == Phase.QUEUE) {
            waiting.incrementAndGet();
        }
    }

    @Override
    public void left(EditRecord edit, Phase phase, Duration duration) {
        if (phase == Phase.QUEUE) {
            waiting.decrementAndGet();
        }
    }

    @Override
    public void ended(EditRecord edit, EditResult result) {
        running.decrementAndGet();
        if (edit.attempts() > 0) {
            add(edit.total());
        }
    }

    private synchronized void add(Duration duration) {
        Instant now = clock.instant();
        forget(now);
        durations.addLast(new Ended(now, duration));
        if (durations.size() > MAX_DURATIONS) {
            durations.removeFirst();
        }
    }

    private void forget(Instant now) {
        while (!durations.isEmpty() && durations.getFirst().time().isBefore(now.minus(RECENT))) {
            durations.removeFirst();
        }
    }

    /** Returns the figures at this moment. */
    public synchronized EditFigures figures() {
        forget(clock.instant());
        return new EditFigures(start, running.get(), waiting.get(), percentiles());
    }

    private Optional<EditFigures.Durations> percentiles() {
        if (durations.isEmpty()) {
            return Optional.empty();
        }
        List<Duration> sorted = durations.stream().map(Ended::duration).sorted().toList();
        return Optional.of(new EditFigures.Durations(percentile(sorted, 50), percentile(sorted, 95)));
    }

    /** The smallest duration that so many of a hundred do not exceed. */
    private static Duration percentile(List<Duration> sorted, int percent) {
        return sorted.get((sorted.size() * percent + 99) / 100 - 1);
    }
}
