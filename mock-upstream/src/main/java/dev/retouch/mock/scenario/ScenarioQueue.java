package dev.retouch.mock.scenario;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The queue of scripted scenarios. A request gets all entries without a count whose path matches, and the first matching entry with
 * a count, which is then decremented.
 */
public final class ScenarioQueue {

    /** An entry; {@code times} is the number of remaining requests, or empty for all until cleared. */
    public record Waiting(Script script, Optional<String> path, Optional<Integer> times) {}

    private final List<Waiting> waiting = new ArrayList<>();
    private final Map<String, Waiting> byClientRequest = new HashMap<>();

    /** The next request with this {@code x-client-request-id}. */
    public synchronized void forClientRequest(String id, List<Scenario> scenarios) {
        byClientRequest.put(id, new Waiting(new Script(scenarios), Optional.empty(), Optional.of(1)));
    }

    /** Every request with this {@code x-client-request-id} until {@link #forget}. */
    public synchronized void forEachClientRequest(String id, List<Scenario> scenarios) {
        byClientRequest.put(id, new Waiting(new Script(scenarios), Optional.empty(), Optional.empty()));
    }

    /** Removes the scenarios of a client's request. */
    public synchronized void forget(String id) {
        byClientRequest.remove(id);
    }

    /** Returns the scenarios for a client's request to a path; those of its id are first. Those for one request are removed. */
    public synchronized Script take(String path, Optional<String> clientRequest) {
        List<Scenario> own = clientRequest.map(this::ofClientRequest).orElse(List.of());
        Script others = take(path);
        return own.isEmpty()
                ? others
                : new Script(Stream.concat(own.stream(), others.scenarios().stream()).toList());
    }

    private List<Scenario> ofClientRequest(String id) {
        Waiting entry = byClientRequest.get(id);
        if (entry == null) {
            return List.of();
        }
        if (entry.times().isPresent()) {
            byClientRequest.remove(id);
        }
        return entry.script().scenarios();
    }

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
        byClientRequest.clear();
    }

    public synchronized List<Waiting> waiting() {
        return List.copyOf(waiting);
    }

    /** Removes and returns the scenarios for a request to this path. */
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
                // first, because of two scenarios of the same kind the counted entry wins
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
