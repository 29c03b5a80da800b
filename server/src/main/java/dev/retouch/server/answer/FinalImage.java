package dev.retouch.server.answer;

import java.util.LinkedHashMap;
import java.util.Map;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * The beginning of an edited image. Its {@link ImageEnd} follows when all facts about it have arrived. For the last
 * image of a document that is the end of the answer.
 *
 * @param payload the image
 * @param members facts about this image that arrived before it, such as {@code revised_prompt}
 */
public record FinalImage(ImagePayload payload, Map<String, JsonNode> members) implements AnswerPart {

    /** Keeps the order of the members. */
    public FinalImage {
        members = new LinkedHashMap<>(members);
    }
}
