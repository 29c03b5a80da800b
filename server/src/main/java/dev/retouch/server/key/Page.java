package dev.retouch.server.key;

import java.util.List;

/**
 * A part of a list.
 *
 * @param <T> the type of the elements
 * @param hasMore whether more elements follow
 */
public record Page<T>(List<T> elements, boolean hasMore) {

    /** Copies the list. */
    public Page {
        elements = List.copyOf(elements);
    }

    /** Takes the first elements of what was found. */
    static <T> Page<T> of(List<T> found, int limit) {
        return new Page<>(found.subList(0, Math.min(limit, found.size())), found.size() > limit);
    }
}
