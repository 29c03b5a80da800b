package dev.retouch.contract.fuzz;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** JSON bodies, and what can be wrong with them. */
final class Documents {

    private static final ObjectMapper JSON = new ObjectMapper();

    private Documents() {}

    static byte[] written(JsonNode document) {
        try {
            return JSON.writeValueAsString(document).getBytes(StandardCharsets.UTF_8);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Changes one thing somewhere in it. */
    static void spoil(ObjectNode document, SeededRandom draw) {
        List<ObjectNode> objects = new ArrayList<>(List.of(document));
        document.forEach(child -> collect(child, objects));
        ObjectNode object = draw.chance(60) ? document : draw.oneOf(objects);
        List<String> names = object.propertyStream().map(Map.Entry::getKey).toList();
        if (names.isEmpty() || draw.chance(8)) {
            object.set(Hostile.shortText(draw), Hostile.json(draw));
            return;
        }
        String name = draw.oneOf(names);
        switch (draw.below(10)) {
            case 0 -> object.remove(name);
            case 1 -> object.set(name, object.arrayNode().add(object.get(name)));
            case 2 -> object.put(name, object.get(name).asText());
            case 3 -> object.set(name.toUpperCase(java.util.Locale.ROOT), object.remove(name));
            case 4 -> object.set(name, object.objectNode().set(name, object.get(name)));
            case 5 -> object.put("image_url", draw.chance(50)
                    ? Images.dataUrl(Images.broken(draw))
                    : Hostile.url(draw));
            default -> object.set(name, Hostile.json(draw));
        }
    }

    private static void collect(JsonNode node, List<ObjectNode> objects) {
        if (node instanceof ObjectNode object) {
            objects.add(object);
        }
        if (node instanceof ObjectNode || node instanceof ArrayNode) {
            node.forEach(child -> collect(child, objects));
        }
    }

    /** Changes the text, so that it may be no JSON any more. */
    static byte[] garbled(byte[] document, SeededRandom draw) {
        String text = new String(document, StandardCharsets.UTF_8);
        byte[] broken = document.clone();
        return switch (draw.below(12)) {
            case 0 -> Arrays.copyOf(document, draw.below(document.length));
            case 1 -> bytes("{\"prompt\":\"a\",\"amount\":\"1\",\"name\":\"victim-1\"," + text.substring(1));
            case 2 -> bytes(text + text);
            case 3 -> bytes("\ufeff" + text);
            case 4 -> text.getBytes(StandardCharsets.UTF_16);
            case 5 -> bytes("[" + text + "]");
            case 6 -> bytes("/* */" + text.replace("}", ",}"));
            case 7 -> bytes(text.replace('"', '\''));
            case 8 -> draw.bytes(draw.below(400));
            case 9 -> new byte[0];
            case 10 -> bytes(draw.oneOf(List.of("null", "[]", "\"\"", "7", "true", "{}", "\u0000", "[".repeat(50_000),
                    "{\"a\":".repeat(50_000), "NaN", "{\"prompt\":\"\\ud800\"}", "{\"prompt\":\"\\u00zz\"}")));
            default -> {
                broken[draw.below(broken.length)] = (byte) draw.below(256);
                yield broken;
            }
        };
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
