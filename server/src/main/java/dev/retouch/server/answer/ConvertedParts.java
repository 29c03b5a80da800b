package dev.retouch.server.answer;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;

import dev.retouch.server.image.ImageBytes;
import dev.retouch.server.image.InvalidImageException;

/**
 * Converts every image of an answer, partial images included. An image that cannot be decoded is passed on as it was returned: it exists
 * and is charged, and the response says so.
 */
final class ConvertedParts implements AnswerReader {

    private static final String FORMAT = "output_format";

    private final AnswerReader parts;
    private final FormatConverter converter;
    private final HeldImages held;
    private final Set<String> notes = new LinkedHashSet<>();
    private int images;

    /**
     * Converts the images of these parts.
     *
     * @param held keeps images that have to be whole first
     */
    ConvertedParts(AnswerReader parts, FormatConverter converter, HeldImages held) {
        this.parts = parts;
        this.converter = converter;
        this.held = held;
    }

    @Override
    public AnswerPart next() throws IOException {
        return switch (parts.next()) {
            case AnswerMetadata metadata -> new AnswerMetadata(named(metadata.members()));
            case FinalImage image -> {
                images++;
                yield new FinalImage(converted(image.payload(), "image " + images), named(image.members()));
            }
            case PartialImage image ->
                new PartialImage(converted(image.payload(), "a partial image"), named(image.members()));
            case ImageEnd end -> new ImageEnd(named(end.members()));
            case AnswerPart other -> other;
        };
    }

    private ImagePayload converted(ImagePayload payload, String which) throws IOException {
        ImageBytes whole = switch (payload) {
            case Base64Payload text -> held.decode(text);
            case BinaryPayload binary -> binary.bytes();
            case UrlPayload _ -> null;
        };
        if (whole == null) {
            notes.add(which + " is behind a link that could not be fetched, so it is not converted");
            return payload;
        }
        try {
            return new BinaryPayload(converter.convert(whole));
        } catch (InvalidImageException e) {
            notes.add(which + " is passed on as the upstream returned it, because " + e.reason());
            return new BinaryPayload(whole);
        }
    }

    /** These facts with the format of converted images, if they name one. */
    private Map<String, JsonNode> named(Map<String, JsonNode> members) {
        if (!members.containsKey(FORMAT)) {
            return members;
        }
        Map<String, JsonNode> named = new LinkedHashMap<>(members);
        named.put(FORMAT, JsonNodeFactory.instance.textNode(converter.format().wireName()));
        return named;
    }

    /** What was not converted, for the client. */
    List<String> notes() {
        return List.copyOf(notes);
    }
}
