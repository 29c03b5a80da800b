package dev.retouch.contract.fuzz;

import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * Generates valid values from their schemas. If a schema only says that a value is a text, the value is taken from the
 * names known to the tested gateway.
 */
final class Values {

    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    private static final List<String> WORDS = List.of("a red balloon", "studio", "x", "caf\u00e9", "\u4e2d\u6587",
            "team-b", "0");
    private static final int LONGEST = 40_000;
    /** Names in double braces are resolved by {@link Arena}. */
    private static final Map<String, List<String>> KNOWN = Map.of(
            "group", List.of("victim-0", "victim-1", "victim-2", "nobody"),
            "name", List.of("victim-0", "victim-1", "victim-2", "victim-3"),
            "key", List.of("{{victim}}", "{{victim}}", "key_0000000000000000"),
            "task", List.of("{{task}}", "{{ended-task}}", "task_00000000000000000000000000000000"),
            "model", List.of("gpt-image-2", "gpt-image-1", "gpt-image-1.5", "dall-e-2", "gpt-image-9"),
            "platform", List.of("openai", "other"),
            "start", List.of("2026-11-01", "2026-01-31", "2000-01-01"),
            "end", List.of("2026-11-30", "2026-11-01", "2100-01-01"),
            "group_by", List.of("day", "model", "key", "group", "day,model", "day,key,group,model"),
            "models", List.of("gpt-image-2", "dall-e-2"));

    private final JsonNode document;

    Values(JsonNode document) {
        this.document = document;
    }

    /** Resolves a schema reference. */
    JsonNode resolved(JsonNode schema) {
        return schema.has("$ref") ? resolved(document.at(schema.get("$ref").asText().substring(1))) : schema;
    }

    /** One that is allowed under this name. */
    JsonNode of(String name, JsonNode reference, SeededRandom draw) {
        JsonNode schema = resolved(reference);
        return switch (schema.path("type").asText()) {
            case "object" -> object(schema, draw);
            case "array" -> array(name, schema, draw);
            case "integer" -> NODES.numberNode(integer(schema, draw));
            case "number" -> NODES.numberNode(draw.below(100) / 100.0);
            case "boolean" -> NODES.booleanNode(draw.chance(50));
            default -> NODES.textNode(text(name, schema, draw));
        };
    }

    private ObjectNode object(JsonNode schema, SeededRandom draw) {
        ObjectNode object = NODES.objectNode();
        List<String> required = schema.path("required").valueStream().map(JsonNode::asText).toList();
        for (Map.Entry<String, JsonNode> property : schema.path("properties").properties()) {
            String name = property.getKey();
            if (!name.equals("file_id") && (required.contains(name) || name.equals("image_url") || draw.chance(35))) {
                object.set(name, of(name, property.getValue(), draw));
            }
        }
        if (schema.path("additionalProperties").isObject()) {
            for (int count = draw.below(3); count > 0; count--) {
                object.set(draw.oneOf(List.of("violence", "hate", "self-harm")),
                        of("", schema.path("additionalProperties"), draw));
            }
        }
        return object;
    }

    private ArrayNode array(String name, JsonNode schema, SeededRandom draw) {
        ArrayNode array = NODES.arrayNode();
        int least = schema.path("minItems").asInt(0);
        for (long count = draw.between(least, least + 1); count > 0; count--) {
            array.add(of(name, schema.path("items"), draw));
        }
        return array;
    }

    private static long integer(JsonNode schema, SeededRandom draw) {
        boolean isTime = schema.path("format").asText().equals("int64");
        long least = schema.path("minimum").asLong(isTime ? 1_700_000_000L : 0);
        long most = schema.path("maximum").asLong(isTime ? 4_000_000_000L : least + 50);
        return draw.oneOf(List.of(least, most, schema.path("default").asLong(least), draw.between(least, most)));
    }

    private static String text(String name, JsonNode schema, SeededRandom draw) {
        if (schema.has("enum")) {
            return draw.oneOf(schema.path("enum").valueStream().map(JsonNode::asText).toList());
        }
        if (schema.has("pattern")) {
            return PatternText.matching(schema.path("pattern").asText(), draw);
        }
        if (name.equals("image") || name.equals("image_url")) {
            return Images.dataUrl(Images.whole(name));
        }
        if (KNOWN.containsKey(name)) {
            return draw.oneOf(KNOWN.get(name));
        }
        int longest = schema.path("maxLength").asInt(LONGEST + 1);
        if (longest <= LONGEST && draw.chance(5)) {
            return "b".repeat(longest);
        }
        return schema.has("example") && draw.chance(50) ? schema.path("example").asText() : draw.oneOf(WORDS);
    }
}
