package dev.retouch.contract.exchange;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;

/** What the document says about a stream of events: each is one of them, and a stream of an edit ends with a terminal one and no other after it. */
final class EventRules {

    private static final String ERROR = "error";
    private static final String COMPLETED = "image_edit.completed";

    /** One event. */
    private record Event(String name, String data) {}

    private final Document document;

    EventRules(Document document) {
        this.document = document;
    }

    /**
     * Reads a whole stream, reports violations, and returns the data of its events.
     *
     * @param ofEdit whether it is the stream of an edit, which ends with a terminal event
     */
    List<JsonNode> check(JsonNode schema, String stream, boolean ofEdit, BiConsumer<String, String> wrong) {
        List<JsonNode> all = new ArrayList<>();
        String last = "";
        Optional<String> half = Optional.empty();
        for (Event event : events(stream)) {
            if (last.equals(ERROR)) {
                wrong.accept("nothing comes after an error", event.name());
            }
            half.filter(_ -> !event.name().equals(ERROR))
                    .ifPresent(data -> wrong.accept("the event's data is JSON", data));
            half = Optional.empty();
            last = event.name();
            try {
                JsonNode data = Verifier.JSON.readTree(event.data());
                if (!data.path("type").asText().equals(event.name())) {
                    wrong.accept("the event's name is its type",
                            event.name() + " with the type " + data.path("type"));
                }
                document.problems(schema, data)
                        .forEach(problem -> wrong.accept("the event '" + event.name() + "' is valid", problem));
                all.add(data);
            } catch (JsonProcessingException e) {
                half = Optional.of(event.data()); // an event that an upstream left incomplete is reported by the next check
            }
        }
        half.ifPresent(data -> wrong.accept("the event's data is JSON", data));
        if (ofEdit && !last.equals(ERROR) && !last.equals(COMPLETED)) {
            wrong.accept("the stream ends with a terminal event", last.isEmpty() ? "no event" : last);
        }
        return all;
    }

    private static List<Event> events(String stream) {
        List<Event> events = new ArrayList<>();
        for (String block : stream.split("\n\n")) {
            String name = "message";
            StringBuilder data = new StringBuilder();
            for (String line : block.split("\n")) {
                if (line.startsWith("event:")) {
                    name = line.substring("event:".length()).strip();
                } else if (line.startsWith("data:")) {
                    data.append(line.substring("data:".length()).strip());
                }
            }
            if (!data.isEmpty()) {
                events.add(new Event(name, data.toString()));
            }
        }
        return events;
    }
}
