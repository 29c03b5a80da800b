package dev.retouch.server.observe;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Bounds the values of a label: later values than the first {@code max} become {@code other}. Thread-safe. */
final class BoundedLabel {

    private static final String OTHER = "other";

    private final int max;
    private final Set<String> known = ConcurrentHashMap.newKeySet();

    /**
     * Creates a label without values.
     *
     * @param max the maximum number of values; concurrent calls can exceed it by a few
     */
    BoundedLabel(int max) {
        this.max = max;
    }

    /** Returns the value of the label for a name. */
    String of(String name) {
        if (known.contains(name)) {
            return name;
        }
        if (known.size() >= max) {
            return OTHER;
        }
        known.add(name);
        return name;
    }
}
