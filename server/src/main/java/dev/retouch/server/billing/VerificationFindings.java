package dev.retouch.server.billing;

import java.util.ArrayList;
import java.util.List;

/** Collects the findings of a verification: the first 100 as text, further findings as a count. */
final class VerificationFindings {

    private static final int MAX_LISTED = 100;

    private final List<String> first = new ArrayList<>();
    private long more;

    void add(String sentence) {
        if (first.size() < MAX_LISTED) {
            first.add(sentence);
        } else {
            more++;
        }
    }

    List<String> all() {
        List<String> all = new ArrayList<>(first);
        if (more > 0) {
            all.add("there are " + more + " more findings");
        }
        return all;
    }
}
