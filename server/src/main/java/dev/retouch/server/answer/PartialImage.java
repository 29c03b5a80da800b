package dev.retouch.server.answer;

import java.util.LinkedHashMap;
import java.util.Map;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * The beginning of an intermediate image of a stream. Its {@link ImageEnd} follows when all of it has arrived.
 *
 * @param payload the image
 * @param members facts about this image that arrived before it
 */
public record PartialImage(ImagePayload payload, Map<String, JsonNode> members) implements AnswerPart {

    /** Keeps the order of the members. */
    public PartialImage {
        members = new LinkedHashMap<>(members);
    }
}
