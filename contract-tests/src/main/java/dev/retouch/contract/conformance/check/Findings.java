package dev.retouch.contract.conformance.check;

import java.util.ArrayList;
import java.util.List;

/** What checks have to say about one answer. */
public final class Findings {

    /** Something that is not as the case expects it. */
    public record Difference(String what, String expected, String got) {

        /** In one sentence. */
        @Override
        public String toString() {
            return what + ": expected " + expected + ", got " + got;
        }
    }

    private final List<Difference> differences = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();

    /** Says that something is not as it should be. */
    public void differs(String what, String expected, String got) {
        differences.add(new Difference(what, expected, got));
    }

    /** Says something that is neither right nor wrong. */
    public void note(String note) {
        notes.add(note);
    }

    public List<Difference> differences() {
        return List.copyOf(differences);
    }

    public List<String> notes() {
        return List.copyOf(notes);
    }
}
