package dev.retouch.contract;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One difference between two contracts.
 *
 * @param breaks whether a client of the older one may fail against the newer one
 * @param what   what is otherwise, with the field it is about
 * @param where  the operation, and the request or answer of it
 */
record Change(boolean breaks, String what, String where) {

    private static final int PLACES_NAMED = 3;

    /** Returns a line for each difference; a difference of several operations has a single line. */
    static List<String> lines(List<Change> changes) {
        Map<String, List<String>> places = new LinkedHashMap<>();
        changes.forEach(change -> places.computeIfAbsent(change.what(), _ -> new ArrayList<>()).add(change.where()));
        return places.entrySet().stream().map(entry -> entry.getKey() + ": " + told(entry.getValue())).toList();
    }

    private static String told(List<String> places) {
        List<String> distinct = places.stream().distinct().toList();
        String first = String.join("; ", distinct.subList(0, Math.min(PLACES_NAMED, distinct.size())));
        return distinct.size() > PLACES_NAMED
                ? first + "; and " + (distinct.size() - PLACES_NAMED) + " more"
                : first;
    }
}
