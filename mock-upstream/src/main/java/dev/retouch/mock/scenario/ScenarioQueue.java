package dev.retouch.mock.scenario;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Scenarios scripted beforehand. A request gets every entry without an end whose path fits, and the first of the counted ones,
 * which is then counted down.
 */
public final class ScenarioQueue {

    /** What waits: {@code times} is how many requests more, or empty for until cleared. */
    public record Waiting(Script script, Optional<String> path, Optional<Integer> times) {}

    private final List<Waiting> waiting = new ArrayList<>();

    /** The next request to any path. */
    public void next(Scenario... scenarios) {
        add(new Waiting(new Script(List.of(scenarios)), Optional.empty(), Optional.of(1)));
    }

    /** The next so many requests to any path. */
    public void next(int times, Scenario... scenarios) {
        add(new Waiting(new Script(List.of(scenarios)), Optional.empty(), Optional.of(times)));
    }

    /** Every request until {@link #clear}. */
    public void always(Scenario... scenarios) {
        add(new Waiting(new Script(List.of(scenarios)), Optional.empty(), Optional.empty()));
    }

    public synchronized void add(Waiting entry) {
        if (entry.times().isPresent() && entry.times().get() < 1) {
            throw new IllegalArgumentException("times must be at least 1");
        }
        waiting.add(entry);
    }

    public synchronized void clear() {
        waiting.clear();
    }

    public synchronized List<Waiting> waiting() {
        return List.copyOf(waiting);
    }

    /** Takes what applies to a request to this path. */
    public synchronized Script take(String path) {
        List<Scenario> applying = new ArrayList<>();
        boolean counted = false;
        for (Waiting entry : List.copyOf(waiting)) {
            if (entry.path().isPresent() && !entry.path().get().equals(path)) {
                continue;
            }
            if (entry.times().isEmpty()) {
                applying.addAll(entry.script().scenarios());
            } else if (!counted) {
                counted = true;
                // in front: where both script the same kind, the one for this very request wins
                applying.addAll(0, entry.script().scenarios());
                countDown(entry, entry.times().get() - 1);
            }
        }
        return new Script(applying);
    }

    private void countDown(Waiting entry, int left) {
        int at = waiting.indexOf(entry);
        if (left == 0) {
            waiting.remove(at);
        } else {
            waiting.set(at, new Waiting(entry.script(), entry.path(), Optional.of(left)));
        }
    }
}
