package dev.retouch.mock.wire;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

import dev.retouch.mock.error.ProviderErrors;
import dev.retouch.mock.model.Model;
import dev.retouch.mock.model.Models;

/** {@code GET /v1/models} and {@code GET /v1/models/{model}}. */
public final class ModelsEndpoint {

    private final Models models;
    private final JsonNodeFactory nodes = JsonNodeFactory.instance;

    public ModelsEndpoint(Models models) {
        this.models = models;
    }

    public Answer list(EndpointRequest call) {
        ObjectNode list = nodes.objectNode().put("object", "list");
        ArrayNode data = list.putArray("data");
        models.all().forEach(model -> data.add(describe(model)));
        return Answer.json(list);
    }

    public Answer one(EndpointRequest call) {
        String id = call.variable("model");
        return Answer.json(describe(models.find(id).orElseThrow(() -> ProviderErrors.modelNotFound(id))));
    }

    private ObjectNode describe(Model model) {
        return nodes.objectNode().put("id", model.id()).put("object", "model").put("created", model.created())
                .put("owned_by", model.ownedBy());
    }
}
