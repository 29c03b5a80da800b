package dev.retouch.contract.fuzz;

import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** Bodies of an operation, right or with as many things wrong as asked for. */
final class Bodies {

    private static final List<String> OF_GPT_ONLY = List.of("quality", "background", "output_format",
            "output_compression",
            "input_fidelity", "moderation", "stream", "partial_images");

    /** What is sent, and as what it is announced. */
    record Body(String contentType, byte[] bytes) {}

    private final Values values;

    Bodies(Values values) {
        this.values = values;
    }

    Body of(Operation operation, int mistakes, SeededRandom draw) {
        if (operation.mediaType().isEmpty()) {
            return new Body("", mistakes > 0 && draw.chance(10) ? draw.bytes(draw.below(50)) : new byte[0]);
        }
        return operation.isForm() ? form(operation, mistakes, draw) : json(operation, mistakes, draw);
    }

    private Body json(Operation operation, int mistakes, SeededRandom draw) {
        ObjectNode document = (ObjectNode) values.of("", operation.schema(), draw);
        if (operation.isEdit()) {
            keepSmall(document, draw);
            complete(document, draw);
        }
        for (int count = mistakes; count > 0; count--) {
            Documents.spoil(document, draw);
        }
        byte[] bytes = Documents.written(document);
        return new Body("application/json", mistakes > 0 && draw.chance(20) ? Documents.garbled(bytes, draw) : bytes);
    }

    private static void complete(ObjectNode document, SeededRandom draw) {
        if (draw.chance(50)) {
            document.remove("images");
            document.set("image", document.arrayNode().add(Images.dataUrl(Images.whole("image"))));
        } else {
            document.remove("image");
            document.set("images", document.arrayNode()
                    .add(document.objectNode().put("image_url", Images.dataUrl(Images.whole("image")))));
        }
        if (document.has("mask")) {
            document.set("mask", document.objectNode().put("image_url", Images.dataUrl(Images.whole("mask"))));
        }
    }

    /** Most edits that succeed shall do so in a moment. */
    private static void keepSmall(ObjectNode document, SeededRandom draw) {
        if (draw.chance(75)) {
            document.put("model", "dall-e-2").put("size", "256x256").remove(OF_GPT_ONLY);
        } else if (draw.chance(70)) {
            document.remove("size");
        }
        if (document.path("n").asInt() > 2 && draw.chance(80)) {
            document.put("n", 1 + draw.below(2));
        }
    }

    private Body form(Operation operation, int mistakes, SeededRandom draw) {
        Parts parts = new Parts();
        ObjectNode texts = (ObjectNode) values.of("", textsOf(operation), draw);
        keepSmall(texts, draw);
        parts.add(Parts.Part.file(draw.oneOf(List.of("image", "image[]", "image[0]")), "image.png",
                Images.whole("image")));
        for (Map.Entry<String, JsonNode> each : texts.properties()) {
            parts.add(Parts.Part.text(each.getKey(), each.getValue().asText()));
        }
        if (draw.chance(30)) {
            parts.add(Parts.Part.file("mask", "mask.png", Images.whole("mask")));
        }
        for (int count = mistakes; count > 0; count--) {
            parts.spoil(draw);
        }
        if (mistakes > 0 && draw.chance(25)) {
            parts.garble(draw);
        }
        byte[] bytes = parts.bytes();
        return new Body(parts.contentType(), mistakes > 0 && draw.chance(10) ? Parts.damaged(bytes, draw) : bytes);
    }

    /** The form without its files. */
    private ObjectNode textsOf(Operation operation) {
        ObjectNode schema = values.resolved(operation.schema()).deepCopy();
        ((ObjectNode) schema.path("properties")).remove(List.of("image", "image[]", "mask"));
        return schema;
    }
}
