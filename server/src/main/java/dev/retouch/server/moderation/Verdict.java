package dev.retouch.server.moderation;

import java.util.Collections;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * What moderation found in an edit.
 *
 * @param categories what it falls under, sorted; empty where nothing was found
 * @param inputs in which inputs: {@code prompt}, and the names of images such as {@code image[0]}, in their order
 */
public record Verdict(SortedSet<String> categories, List<String> inputs) {

    /** Nothing was found. */
    public static final Verdict CLEAN = new Verdict(Collections.emptySortedSet(), List.of());

    private static final Pattern CATEGORY = Pattern.compile("[^\\p{C}\\p{Zl}\\p{Zp}]{1,100}");

    /** Keeps both as they are. */
    public Verdict {
        categories = Collections.unmodifiableSortedSet(new TreeSet<>(categories));
        inputs = List.copyOf(inputs);
    }

    /** Whether anything was found. */
    public boolean flagged() {
        return !categories.isEmpty();
    }

    /** Whether a name can be written in a log line. */
    static boolean isCategory(String name) {
        return !name.isBlank() && CATEGORY.matcher(name).matches();
    }
}
