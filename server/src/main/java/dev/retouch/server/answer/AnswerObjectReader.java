package dev.retouch.server.answer;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

/**
 * Reads one JSON object of OpenAI's wire formats into parts: a whole document, or the data of one event. In a document only the
 * elements of the first {@code data} list can be images; the data of an event is itself an image, if it has one.
 */
final class AnswerObjectReader {

    private static final int MAX_VALUE = 64 * 1024;
    /** Members of one object that are kept; what is above that is left out. */
    private static final int MAX_MEMBERS = 256;
    /** Facts about the answer that OpenAI's events carry beside each image. */
    private static final Set<String> OF_THE_ANSWER = Set.of("created", "created_at", "size", "quality", "background",
            "output_format");
    private static final Set<String> IMAGE_NAMES = Set.of("b64_json", "url");

    private enum State {
        BEFORE, TOP, LIST, ELEMENT, ENDED
    }

    private final JsonCursor cursor;
    private final boolean event;
    private final EventKind kind;
    private final HeldImages held;
    private final Deque<AnswerPart> pending = new ArrayDeque<>();
    private final ObjectNode scalars = JsonNodeFactory.instance.objectNode();
    private State state = State.BEFORE;
    private boolean first;
    private boolean listSeen;
    private @Nullable Base64Payload inFlight;
    private @Nullable JsonNode usage;
    private Element element = new Element();
    /** Whether an image has begun whose end was not announced, and what arrived behind it. */
    private boolean open;
    private final Map<String, JsonNode> behind = new LinkedHashMap<>();
    private boolean anyImage;

    /** What is known of the element, or of the event, that is being read. */
    private static final class Element {
        private @Nullable ImagePayload payload;
        private boolean announced;
        private final ObjectNode all = JsonNodeFactory.instance.objectNode();
        private Map<String, JsonNode> members = new LinkedHashMap<>();

        boolean hasData() {
            return payload != null && !(payload instanceof UrlPayload);
        }
    }

    private AnswerObjectReader(JsonCursor cursor, boolean event, EventKind kind, HeldImages held) {
        this.cursor = cursor;
        this.event = event;
        this.kind = kind;
        this.held = held;
    }

    /** Reads a document. */
    static AnswerObjectReader ofDocument(JsonCursor cursor, HeldImages held) {
        return new AnswerObjectReader(cursor, false, new EventKind(() -> ""), held);
    }

    /**
     * Reads the data of an event.
     *
     * @param name the name of the event, as far as its lines have been read
     */
    static AnswerObjectReader ofEvent(JsonCursor cursor, Supplier<String> name, HeldImages held) {
        return new AnswerObjectReader(cursor, true, new EventKind(name), held);
    }

    /** The next part; null behind the object. */
    @Nullable
    AnswerPart next() throws IOException {
        if (inFlight != null) {
            inFlight.skip();
            inFlight = null;
        }
        while (pending.isEmpty() && state != State.ENDED) {
            switch (state) {
                case BEFORE -> {
                    cursor.expect('{');
                    enter(State.TOP);
                }
                case TOP -> top();
                case LIST -> list();
                case ELEMENT -> element();
                case ENDED -> throw new IllegalStateException("the object has ended");
            }
        }
        AnswerPart part = pending.poll();
        ImagePayload payload = switch (part) {
            case FinalImage found -> found.payload();
            case PartialImage found -> found.payload();
            case null, default -> null;
        };
        inFlight = payload instanceof Base64Payload text ? text : null;
        return part;
    }

    private void enter(State inner) {
        state = inner;
        first = true;
    }

    private void leave(State outer) {
        state = outer;
        first = false;
    }

    /** Whether there is one more member or element before the closing token, which is read where there is none. */
    private boolean more(char close) throws IOException {
        if (cursor.peekToken() == close) {
            cursor.read();
            return false;
        }
        if (!first) {
            cursor.expect(',');
        }
        first = false;
        return true;
    }

    private void top() throws IOException {
        if (!more('}')) {
            end();
            return;
        }
        String name = cursor.name();
        int token = cursor.peekToken();
        if (name.equals("data") && token == '[' && !listSeen) {
            cursor.read();
            listSeen = true;
            enter(State.LIST);
        } else if (event && IMAGE_NAMES.contains(name) && token == '"' && (!anyImage || element.announced)) {
            payload(name);
        } else {
            member(name);
        }
    }

    private void member(String name) throws IOException {
        Optional<JsonNode> value = cursor.value(MAX_VALUE);
        if (value.isEmpty() || value.get().isNull() || (event && IMAGE_NAMES.contains(name))) {
            return;
        }
        JsonNode node = value.get();
        if (name.equals("type") && event) {
            kind.type(node.asText());
            announceIfKnown();
        } else if (name.equals("usage")) {
            usage = node;
        }
        if (scalars.size() < MAX_MEMBERS) {
            scalars.set(name, node);
            if (node.isValueNode()) {
                fact(name, node);
            }
        }
    }

    private void fact(String name, JsonNode node) {
        if (event && !OF_THE_ANSWER.contains(name)) {
            if (!name.equals("type")) {
                element.members.put(name, node);
            }
        } else if (!name.equals("error") && !name.equals("detail") && !name.equals("data")) {
            pending.add(new AnswerMetadata(Map.of(name.equals("created_at") ? "created" : name, node)));
        }
    }

    private void list() throws IOException {
        if (!more(']')) {
            leave(State.TOP);
            element = new Element();
        } else if (cursor.peekToken() == '{') {
            cursor.read();
            element = new Element();
            enter(State.ELEMENT);
        } else {
            cursor.value(MAX_VALUE);
        }
    }

    private void element() throws IOException {
        if (!more('}')) {
            endOfElement();
            return;
        }
        String name = cursor.name();
        if (IMAGE_NAMES.contains(name) && cursor.peekToken() == '"') {
            payload(name);
            return;
        }
        Optional<JsonNode> value = cursor.value(MAX_VALUE);
        if (value.isPresent() && !value.get().isNull() && !IMAGE_NAMES.contains(name)
                && element.all.size() < MAX_MEMBERS) {
            element.all.set(name, value.get());
            if (value.get().isValueNode() && !name.equals("error")) {
                element.members.put(name, value.get());
            }
        }
    }

    private void endOfElement() {
        if (element.payload != null && !element.announced) {
            announce(false);
        }
        if (element.announced) {
            behind.putAll(element.members);
        } else {
            RefusalReader.inElement(element.all).ifPresent(pending::add);
        }
        leave(State.LIST);
    }

    /** A string under a name of images. Base64 comes before a link; of two of the same kind the first counts. */
    private void payload(String name) throws IOException {
        JsonText text = cursor.text();
        if (element.hasData()) {
            text.skip();
            return;
        }
        Optional<ImagePayload> found = name.equals("url") ? ImageText.url(text) : ImageText.base64(text);
        if (found.isEmpty()) {
            return;
        }
        if (!(found.get() instanceof Base64Payload data)) {
            element.payload = element.payload == null ? found.get() : element.payload;
            return;
        }
        element.payload = data;
        if (state == State.ELEMENT || kind.isKnown()) {
            announce(state == State.TOP && kind.isPartial());
        } else {
            element.payload = held.hold(data);
        }
    }

    private void announceIfKnown() {
        if (element.hasData() && !element.announced && kind.isKnown()) {
            announce(kind.isPartial());
        }
    }

    private void announce(boolean partial) {
        ImagePayload payload = element.payload;
        if (payload == null) {
            throw new IllegalStateException("no image to announce");
        }
        closeImage();
        pending.add(partial ? new PartialImage(payload, element.members) : new FinalImage(payload, element.members));
        element.announced = true;
        element.members = new LinkedHashMap<>();
        open = true;
        anyImage = true;
        listSeen |= state == State.TOP;
    }

    private void closeImage() {
        if (open) {
            pending.add(new ImageEnd(behind));
            behind.clear();
            open = false;
        }
    }

    private void end() throws IOException {
        if (event && !kind.isKnown()) {
            cursor.peekToken(); // a line with the name may follow the data
        }
        if (event && element.payload != null && !element.announced) {
            announce(kind.isKnown() && kind.isPartial());
        }
        state = State.ENDED;
        AnswerUsage reported = UsageReader.of(usage, scalars);
        if (reported != null) {
            pending.add(reported);
        }
        if (event && element.announced) {
            behind.putAll(element.members);
        }
        closeImage();
        if (!anyImage) {
            withoutImage();
        }
    }

    private void withoutImage() {
        boolean failure = scalars.hasNonNull("error") || kind.isError();
        if (!event || failure) {
            RefusalReader.inDocument(scalars)
                    .or(() -> event ? Optional.of(new Refusal("", null, null, null, 0)) : Optional.empty())
                    .ifPresent(pending::add);
        } else {
            RefusalReader.inElement(scalars).ifPresent(pending::add);
        }
    }
}
