package dev.retouch.server.api;

import java.time.Instant;
import java.util.function.UnaryOperator;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

import dev.retouch.server.task.Task;

/**
 * Writes tasks as JSON. Does not use the generated model, because a result may contain fields that only the upstream
 * knows.
 */
final class TaskJsonWriter {

    private final ObjectMapper mapper = new ObjectMapper();
    private final UnaryOperator<String> renewal;

    TaskJsonWriter(UnaryOperator<String> renewal) {
        this.renewal = renewal;
    }

    byte[] of(Task task) {
        ObjectNode document = mapper.createObjectNode().put("id", task.id()).put("object", "image.edit.task")
                .put("status", task.state().word()).put("created_at", task.created().getEpochSecond());
        time(document, "started_at", task.started());
        time(document, "finished_at", task.finished());
        document.put("expires_at", task.expires().getEpochSecond());
        document.putObject("progress").put("completed_images", task.progress().completed())
                .put("partial_images", task.progress().partial()).put("asked", task.progress().asked());
        put(document, "headers", task.ended().headers(), "");
        String result = task.ended().result();
        put(document, "result", result == null ? null : renewal.apply(result), "");
        put(document, "error", task.ended().error(), "/error");
        return bytes(document);
    }

    /** Returns the result alone, as in the response of an edit. */
    byte[] result(Task task) {
        return bytes(tree(renewal.apply(String.valueOf(task.ended().result()))));
    }

    /** Returns the properties that an edit's response has as headers. */
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
            throw new IllegalStateException("cannot read the result of a task", e);
        }
    }

    private byte[] bytes(JsonNode document) {
        try {
            return mapper.writeValueAsBytes(document);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("cannot write a task", e);
        }
    }
}
