package dev.retouch.contract.conformance.check;

import java.util.List;
import java.util.Optional;

import dev.retouch.contract.conformance.wire.StreamEvent;

/**
 * Expects an SSE stream: partial images in order, then one terminal event per image, and nothing afterwards.
 *
 * @param partial the number of partial images; empty if not checked
 * @param atMost the maximum number of partial images: a fast upstream may send fewer than requested
 * @param completed the number of final images
 */
public record EventsCheck(Optional<Integer> partial, Optional<Integer> atMost, int completed) implements Check {

    private static final String PARTIAL = "image_edit.partial_image";
    private static final String COMPLETED = "image_edit.completed";

    @Override
    public void look(Evidence evidence, Findings findings) {
        if (!evidence.isStream()) {
            findings.differs("header content-type", "text/event-stream", evidence.answer().type());
            return;
        }
        List<StreamEvent> events = evidence.events();
        count(events, COMPLETED, findings, completed);
        partial.ifPresent(wanted -> count(events, PARTIAL, findings, wanted));
        atMost.filter(most -> named(events, PARTIAL) > most).ifPresent(most -> findings.differs(PARTIAL + " events",
                most + " at most", String.valueOf(named(events, PARTIAL))));
        if (events.isEmpty() || !events.getLast().isTerminal()) {
            findings.differs("last event", COMPLETED + " or error",
                    events.isEmpty() ? "no event" : events.getLast().name());
        }
        order(events, findings);
    }

    private static void order(List<StreamEvent> events, Findings findings) {
        int next = 0;
        for (StreamEvent event : events) {
            String type = event.json().map(json -> json.path("type").asText(json.has("error") ? "error" : ""))
                    .orElse("no JSON");
            if (!type.equals(event.name())) {
                findings.differs("type in the data of an event", event.name(), type);
            }
            if (event.name().equals(PARTIAL)) {
                int index = event.json().map(json -> json.path("partial_image_index").asInt(-1)).orElse(-1);
                if (index != next++) {
                    findings.differs("partial_image_index", String.valueOf(next - 1), String.valueOf(index));
                }
            } else if (event.name().equals(COMPLETED)) {
                next = 0;
            }
        }
    }

    private static void count(List<StreamEvent> events, String name, Findings findings, int wanted) {
        long got = named(events, name);
        if (got != wanted) {
            findings.differs(name + " events", String.valueOf(wanted), String.valueOf(got));
        }
    }

    private static long named(List<StreamEvent> events, String name) {
        return events.stream().filter(event -> event.name().equals(name)).count();
    }
}
