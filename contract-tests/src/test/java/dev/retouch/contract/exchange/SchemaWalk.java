package dev.retouch.contract.exchange;

import java.util.Map;

import com.fasterxml.jackson.databind.JsonNode;

/** Walks through a schema, optionally along a value, and reports each item that it visits. */
public final class SchemaWalk {

    /** Receives the visited items. */
    public interface Finder {

        /** A field, by its place such as {@code limits.queue} or {@code images[].image_url}. */
        default void field(String place) {}

        /** A value of an enum; the component identifies the enum. */
        default void value(String name, String value) {}

        /** A value that a component describes. */
        default void component(String name, JsonNode value) {}
    }

    private final Document document;
    private final Finder finder;

    /** Goes through this document's schemas. */
    public SchemaWalk(Document document, Finder finder) {
        this.document = document;
        this.finder = finder;
    }

    /** Visits everything that a value of this schema may contain. */
    public void everything(JsonNode schema) {
        everything(schema, "", "");
    }

    private void everything(JsonNode reference, String place, String owner) {
        String name = nameOf(reference, owner);
        JsonNode schema = document.resolved(reference);
        schema.path("enum").forEach(value -> finder.value(name, value.asText()));
        schema.path("properties").properties().forEach(property -> {
            String at = inside(place, property.getKey());
            finder.field(at);
            everything(property.getValue(), at, inside(name, property.getKey()));
        });
        if (schema.has("items")) {
            everything(schema.get("items"), place + "[]", name + "[]");
        }
        if (schema.path("additionalProperties").isObject()) {
            everything(schema.get("additionalProperties"), place + "{}", name + "{}");
        }
    }

    /** Visits everything that this value contains. */
    public void of(JsonNode schema, JsonNode value) {
        of(schema, value, "", "");
    }

    private void of(JsonNode reference, JsonNode value, String place, String owner) {
        String name = nameOf(reference, owner);
        JsonNode schema = document.resolved(reference);
        if (reference.has("$ref")) {
            finder.component(name, value);
        }
        for (JsonNode each : schema.path("enum")) {
            if (value.isValueNode() && each.asText().equals(value.asText())) {
                finder.value(name, each.asText());
            }
        }
        for (Map.Entry<String, JsonNode> property : value.properties()) {
            JsonNode known = schema.path("properties").path(property.getKey());
            if (known.isObject()) {
                String at = inside(place, property.getKey());
                finder.field(at);
                of(known, property.getValue(), at, inside(name, property.getKey()));
            } else if (schema.path("additionalProperties").isObject()) {
                of(schema.get("additionalProperties"), property.getValue(), place + "{}", name + "{}");
            }
        }
        if (value.isArray() && schema.has("items")) {
            value.forEach(item -> of(schema.get("items"), item, place + "[]", name + "[]"));
        }
    }

    private static String nameOf(JsonNode reference, String owner) {
        String target = reference.path("$ref").asText();
        return target.isEmpty() ? owner : target.substring(target.lastIndexOf('/') + 1);
    }

    private static String inside(String owner, String name) {
        return owner.isEmpty() ? name : owner + "." + name;
    }
}
