package dev.retouch.server.answer;

import java.util.LinkedHashMap;
import java.util.Map;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * Facts about the answer as a whole, such as {@code created} or {@code size}, and scalar members that no reader knows.
 *
 * @param members the facts by name; {@code created} is in Unix seconds
 */
public record AnswerMetadata(Map<String, JsonNode> members) implements AnswerPart {

    /** Keeps the order of the members. */
    public AnswerMetadata {
        members = new LinkedHashMap<>(members);
    }
}
