package dev.retouch.contract.coverage;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The coverage of every item of the document.
 *
 * @param items in the document's order
 */
record Coverage(Map<String, Standing> items) {

    /** The coverage state of an item. */
    enum State {
        TESTED, EXCUSED, MISSING
    }

    /**
     * The coverage of an item.
     *
     * @param because the test that used it, or the reason why none does; may be empty
     */
    record Standing(State state, String because) {}

    /** Compares what there is with what was used. */
    static Coverage of(Set<String> document, Seen seen, Gaps gaps) {
        Map<String, Standing> items = new LinkedHashMap<>();
        for (String item : document) {
            String test = seen.items().get(item);
            String reason = gaps.reasons().get(item);
            items.put(item, test != null
                    ? new Standing(State.TESTED, test)
                    : reason != null
                            ? new Standing(State.EXCUSED, reason)
                            : new Standing(State.MISSING, ""));
        }
        return new Coverage(items);
    }

    /** The number of items in this state. */
    long count(State state) {
        return items.values().stream().filter(each -> each.state() == state).count();
    }

    /** The items by what they belong to: an operation, an answer in common, enums, errors. */
    Map<String, Map<String, Standing>> sections() {
        Map<String, Map<String, Standing>> sections = new LinkedHashMap<>();
        items.forEach((item, standing) -> sections.computeIfAbsent(sectionOf(item), _ -> new LinkedHashMap<>())
                .put(item, standing));
        return sections;
    }

    private static String sectionOf(String item) {
        String[] words = item.split(" ");
        return switch (words[0]) {
            case "sent" -> "Values in requests";
            case "answered" -> "Values in answers";
            case "code" -> "Error codes";
            case "message" -> "Error messages";
            case "header" -> Character.isUpperCase(words[1].charAt(0)) ? "Headers of errors" : words[1];
            default -> words[1];
        };
    }

    /** What is wrong, in a line each: what was not used, and what is excused without need. */
    static List<String> complaints(Set<String> document, Seen seen, Gaps gaps) {
        List<String> complaints = new ArrayList<>();
        of(document, seen, gaps).items().forEach((item, standing) -> {
            if (standing.state() == State.MISSING) {
                complaints.add("no test uses: " + item);
            }
        });
        gaps.reasons().keySet().stream().sorted().forEach(item -> {
            if (!document.contains(item)) {
                complaints.add("gaps.yaml names what the document does not have: " + item);
            } else if (seen.items().containsKey(item)) {
                complaints.add("gaps.yaml excuses what " + seen.items().get(item) + " uses: " + item);
            }
        });
        return complaints;
    }
}
