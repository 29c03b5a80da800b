package dev.retouch.server.billing;

import java.util.ArrayList;
import java.util.List;

/** What a check has found, the first of it in full. */
final class Problems {

    private static final int MOST = 100;

    private final List<String> first = new ArrayList<>();
    private long more;

    void add(String sentence) {
        if (first.size() < MOST) {
            first.add(sentence);
        } else {
            more++;
        }
    }

    List<String> all() {
        List<String> all = new ArrayList<>(first);
        if (more > 0) {
            all.add("there are " + more + " more problems");
        }
        return all;
    }
}
