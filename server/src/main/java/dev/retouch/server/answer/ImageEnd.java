package dev.retouch.server.answer;

import java.util.LinkedHashMap;
import java.util.Map;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * The end of the image that began last.
 *
 * @param members facts about this image that arrived behind it
 */
public record ImageEnd(Map<String, JsonNode> members) implements AnswerPart {

    /** Keeps the order of the members. */
    public ImageEnd {
        members = new LinkedHashMap<>(members);
    }
}
