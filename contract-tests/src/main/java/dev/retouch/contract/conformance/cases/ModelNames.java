package dev.retouch.contract.conformance.cases;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** What the endpoint calls the models that cases name, where it calls them otherwise. */
public final class ModelNames {

    private static final String MODEL = "model";
    private static final String PATH = "models/";

    private final Map<String, String> others;
    private final Optional<String> unnamed;

    private ModelNames(Map<String, String> others, Optional<String> unnamed) {
        this.others = Map.copyOf(others);
        this.unnamed = unnamed;
    }

    /** Every model by its own name. */
    public static ModelNames unchanged() {
        return new ModelNames(Map.of(), Optional.empty());
    }

    /**
     * Of what people say.
     *
     * @param said {@code gpt-image-1=acme-1} for one model; a name alone for edits that name none
     */
    public static ModelNames of(List<String> said) {
        Map<String, String> others = new LinkedHashMap<>();
        Optional<String> unnamed = Optional.empty();
        for (String each : said) {
            String[] sides = each.split("=", 2);
            if (sides.length == 1) {
                unnamed = Optional.of(each);
            } else {
                others.put(sides[0], sides[1]);
            }
        }
        return new ModelNames(others, unnamed);
    }

    /** The same tree with the endpoint's own names in it. */
    JsonNode in(JsonNode node) {
        JsonNodeFactory nodes = JsonNodeFactory.instance;
        if (others.isEmpty()) {
            return node;
        }
        if (node.isObject()) {
            ObjectNode copy = nodes.objectNode();
            node.properties().forEach(field -> copy.set(field.getKey(), in(field.getValue())));
            return copy;
        }
        if (node.isArray()) {
            ArrayNode copy = nodes.arrayNode();
            node.forEach(item -> copy.add(in(item)));
            return copy;
        }
        return node.isTextual() ? nodes.textNode(replaced(node.asText())) : node;
    }

    private String replaced(String text) {
        return text.startsWith(PATH)
                ? PATH + others.getOrDefault(text.substring(PATH.length()), text.substring(PATH.length()))
                : others.getOrDefault(text, text);
    }

    /** An edit that names no model gets the one that was said for such. */
    Entry named(Entry send) {
        if (unnamed.isEmpty()) {
            return send;
        }
        ObjectNode copy = send.node().deepCopy();
        if (copy.path("form") instanceof ArrayNode form && form.findValue(MODEL) == null) {
            form.addObject().put(MODEL, unnamed.get());
        } else if (copy.path("json") instanceof ObjectNode json && !json.has(MODEL)) {
            json.put(MODEL, unnamed.get());
        }
        return new Entry(send.place(), copy);
    }
}
