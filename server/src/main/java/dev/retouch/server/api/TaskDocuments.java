package dev.retouch.server.api;

import java.time.Instant;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

import dev.retouch.server.task.Task;

/** Tasks as the contract writes them. Not by its generated model: a result may hold what an upstream alone knows. */
final class TaskDocuments {

    private final ObjectMapper mapper = new ObjectMapper();

    byte[] of(Task task) {
        ObjectNode document = mapper.createObjectNode().put("id", task.id()).put("object", "image.edit.task")
                .put("status", task.state().word()).put("created_at", task.created().getEpochSecond());
        time(document, "started_at", task.started());
        time(document, "finished_at", task.finished());
        document.put("expires_at", task.expires().getEpochSecond());
        document.putObject("progress").put("completed_images", task.progress().completed())
                .put("partial_images", task.progress().partial()).put("asked", task.progress().asked());
        put(document, "headers", task.ended().headers(), "");
        put(document, "result", task.ended().result(), "");
        put(document, "error", task.ended().error(), "/error");
        return bytes(document);
    }

    /** The result alone, as the answer to an edit. */
    byte[] result(Task task) {
        return bytes(tree(String.valueOf(task.ended().result())));
    }

    /** What the headers of the answer to an edit tell. */
    JsonNode headers(Task task) {
        String headers = task.ended().headers();
        return headers == null ? mapper.createObjectNode() : tree(headers);
    }

    private static void time(ObjectNode document, String name, @Nullable Instant time) {
        if (time != null) {
            document.put(name, time.getEpochSecond());
        }
    }

    private void put(ObjectNode document, String name, @Nullable String json, String pointer) {
        if (json != null) {
            document.set(name, tree(json).at(pointer));
        }
    }

    private JsonNode tree(String json) {
        try {
            return mapper.readTree(json);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a task that nobody can read", e);
        }
    }

    private byte[] bytes(JsonNode document) {
        try {
            return mapper.writeValueAsBytes(document);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree is always writable", e);
        }
    }
}
