package dev.retouch.contract.conformance.cases;

import java.util.Optional;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * What an endpoint announces for a model in {@code capabilities.gateway} of {@code GET /v1/models/{model}}.
 *
 * @param model the model
 * @param name the member, such as {@code n}; empty if any member will do
 * @param value its value, such as {@code fan-out}
 */
public record Announcement(String model, Optional<String> name, String value) {

    private static final String PLACE = "/capabilities/gateway";

    /** The path of the document that announces it. */
    public String path() {
        return "models/" + model;
    }

    /** Whether a document announces it. */
    public boolean isIn(JsonNode document) {
        JsonNode gateway = document.at(PLACE);
        return name.map(member -> gateway.path(member).asText().equals(value)).orElse(gateway.isObject());
    }

    /** In words. */
    public String words() {
        return name.map(member -> member + ": " + value).orElse("anything") + " for " + model;
    }
}
