package dev.retouch.mock.wire;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

import dev.retouch.mock.error.Refusals;
import dev.retouch.mock.model.Model;
import dev.retouch.mock.model.Models;

/** {@code GET /v1/models} and one of them. */
public final class ModelsEndpoint {

    private final Models models;
    private final JsonNodeFactory nodes = JsonNodeFactory.instance;

    public ModelsEndpoint(Models models) {
        this.models = models;
    }

    public Answer list(Call call) {
        ObjectNode list = nodes.objectNode().put("object", "list");
        ArrayNode data = list.putArray("data");
        models.all().forEach(model -> data.add(describe(model)));
        return Answer.json(list);
    }

    public Answer one(Call call) {
        String id = call.variable("model");
        return Answer.json(describe(models.find(id).orElseThrow(() -> Refusals.modelNotFound(id))));
    }

    private ObjectNode describe(Model model) {
        return nodes.objectNode().put("id", model.id()).put("object", "model").put("created", model.created())
                .put("owned_by", model.ownedBy());
    }
}
