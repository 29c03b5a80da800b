package dev.retouch.server.upstream.kind;

import java.io.IOException;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

/** Replicate's predictions, from its HTTP reference: a bearer token, {@code urls.get} and {@code urls.cancel}, an output behind a link. */
final class ReplicateVendor extends PollVendor {

    ReplicateVendor() throws IOException {
        super();
    }

    @Override
    Reply answer(Received request) {
        if (!request.header("authorization").equals("Bearer " + KEY)) {
            return Reply.json(401,
                    "{\"title\":\"Unauthenticated\",\"detail\":\"You did not pass a valid token\",\"status\":401}");
        }
        if (request.path().endsWith("/cancel")) {
            return prediction(201, "task-1", "canceled", null, null);
        }
        if (request.method().equals("GET")) {
            return state(prediction(200, "task-1", "succeeded", link(), null));
        }
        JsonNode input = request.json().path("input");
        boolean kontext = request.path().contains("kontext");
        String image = kontext ? input.path("input_image").asText() : input.path("input_images").path(0).asText();
        if (!request.path().matches("/v1/models/[a-z0-9-]+/[a-z0-9.-]+/predictions")
                || !image.startsWith("data:image/")) {
            return Reply.json(422,
                    "{\"title\":\"Input validation failed\",\"detail\":\"- input: image is required\",\"status\":422}");
        }
        return prediction(201, accept(input), "starting", null, null);
    }

    Reply prediction(int status, String id, String word, @Nullable String output, @Nullable String error) {
        ObjectNode document = JSON.createObjectNode().put("id", id).put("status", word).put("error", error);
        if (output == null) {
            document.putNull("output");
        } else {
            document.putArray("output").add(output);
        }
        document.putObject("urls").put("get", base() + "/v1/predictions/" + id)
                .put("cancel", base() + "/v1/predictions/" + id + "/cancel");
        return Reply.json(status, document.toString());
    }
}
