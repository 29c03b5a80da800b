package dev.retouch.server.settings;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

import org.apache.commons.text.similarity.LevenshteinDistance;

/** Suggests a known name for a misspelled name. */
public final class NearestName {

    private NearestName() {}

    /** Returns a sentence that names the nearest known name, or lists all names if none is near. */
    public static String suggestion(String given, Collection<String> known) {
        return nearest(given, known).map(name -> "Did you mean '" + name + "'?")
                .orElseGet(() -> "Known are: " + String.join(", ", known.stream().sorted().toList()) + ".");
    }

    private static Optional<String> nearest(String given, Collection<String> known) {
        LevenshteinDistance distance = LevenshteinDistance.getDefaultInstance();
        int limit = Math.max(2, given.length() / 3);
        return known.stream().min(Comparator.comparingInt(name -> distance.apply(given, name)))
                .filter(name -> distance.apply(given, name) <= limit);
    }
}
