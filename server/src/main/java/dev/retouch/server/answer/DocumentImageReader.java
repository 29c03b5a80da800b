package dev.retouch.server.answer;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ContainerNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

/**
 * Walks through one JSON document whose images stand at known places. It returns each image while it arrives; all else becomes a small
 * tree. Values that are too long, too many or too deep are left out of the tree.
 */
public final class DocumentImageReader {

    private static final int MAX_VALUE = 64 * 1024;
    private static final int MAX_VALUES = 4096;
    private static final int MAX_DEPTH = 32;

    private final JsonCursor cursor;
    private final List<String> places;
    private final ObjectNode tree = JsonNodeFactory.instance.objectNode();
    private final Deque<Level> levels = new ArrayDeque<>();
    private @Nullable Base64Payload inFlight;
    private boolean begun;
    private int values;

    /** An object or array whose end has not been read. */
    private static final class Level {

        private final ContainerNode<?> node;
        private final String place;
        private boolean first = true;

        Level(ContainerNode<?> node, String place) {
            this.node = node;
            this.place = place;
        }
    }

    /**
     * Reads a document.
     *
     * @param source its bytes
     * @param places the places of base64 or of the URL of an image, such as {@code /data/-/b64_json}; {@code -} is any element of a list
     */
    public DocumentImageReader(AnswerSource source, List<String> places) {
        this.cursor = new JsonCursor(source);
        this.places = List.copyOf(places);
    }

    /**
     * An image.
     *
     * @param payload the image, to be read before the next one
     * @param beside the members of its object that precede it
     */
    public record Found(ImagePayload payload, JsonNode beside) {}

    /** The next image; empty at the end of the document. */
    public Optional<Found> next() throws IOException {
        if (inFlight != null) {
            inFlight.skip();
            inFlight = null;
        }
        if (!begun) {
            begun = true;
            cursor.expect('{');
            levels.push(new Level(tree, ""));
        }
        while (!levels.isEmpty()) {
            Optional<Found> found = step(levels.element());
            if (found.isPresent()) {
                inFlight = found.get().payload() instanceof Base64Payload text ? text : null;
                return found;
            }
        }
        return Optional.empty();
    }

    /** What has been read besides images; whole at the end of the document. */
    public ObjectNode tree() {
        return tree;
    }

    private Optional<Found> step(Level level) throws IOException {
        boolean object = level.node instanceof ObjectNode;
        int token = cursor.peekToken();
        if (token == (object ? '}' : ']')) {
            cursor.read();
            levels.pop();
            return Optional.empty();
        }
        if (!level.first) {
            cursor.expect(',');
        }
        level.first = false;
        String name = object ? cursor.name() : "-";
        String place = level.place + "/" + name;
        int value = cursor.peekToken();
        if (value == '"' && places.contains(place)) {
            JsonText text = cursor.text();
            return ImageText.base64OrUrl(text).map(payload -> new Found(payload, level.node));
        }
        if ((value == '{' || value == '[') && levels.size() < MAX_DEPTH && values < MAX_VALUES) {
            cursor.read();
            ContainerNode<?> inner = value == '{'
                    ? JsonNodeFactory.instance.objectNode()
                    : JsonNodeFactory.instance.arrayNode();
            put(level, name, inner);
            levels.push(new Level(inner, place));
            return Optional.empty();
        }
        cursor.value(MAX_VALUE).ifPresent(node -> put(level, name, node));
        return Optional.empty();
    }

    private void put(Level level, String name, JsonNode node) {
        values++;
        if (values > MAX_VALUES) {
            return;
        }
        switch (level.node) {
            case ObjectNode object -> object.set(name, node);
            case ArrayNode array -> array.add(node);
            default -> throw new IllegalStateException("neither an object nor an array");
        }
    }
}
