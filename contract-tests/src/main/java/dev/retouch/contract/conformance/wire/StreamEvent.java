package dev.retouch.contract.conformance.wire;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

/**
 * One server-sent event.
 *
 * @param name what its {@code event} line says, {@code message} without one
 */
public record StreamEvent(String name, String data) {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** Reads a whole stream as browsers do: comments and events without data count for nothing. */
    public static List<StreamEvent> all(String stream) {
        List<StreamEvent> events = new ArrayList<>();
        String name = "message";
        List<String> data = new ArrayList<>();
        for (String line : stream.split("\r\n|\r|\n", -1)) {
            if (line.isEmpty()) {
                if (!data.isEmpty()) {
                    events.add(new StreamEvent(name, String.join("\n", data)));
                }
                name = "message";
                data.clear();
            } else if (line.startsWith("event:")) {
                name = value(line);
            } else if (line.startsWith("data:")) {
                data.add(value(line));
            }
        }
        return List.copyOf(events);
    }

    private static String value(String line) {
        String value = line.substring(line.indexOf(':') + 1);
        return value.startsWith(" ") ? value.substring(1) : value;
    }

    /** The document in it, if it is one. */
    public Optional<JsonNode> json() {
        try {
            return Optional.of(JSON.readTree(data)).filter(tree -> !tree.isMissingNode());
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** A mark of some providers that nothing more will come; it is no event of an edit. */
    public boolean isEndMark() {
        return data.strip().equals("[DONE]");
    }

    /** Whether a stream is over with it. */
    public boolean isTerminal() {
        return name.equals("image_edit.completed") || name.equals("error");
    }
}
