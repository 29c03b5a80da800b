package dev.retouch.mock.kind;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

import dev.retouch.mock.edit.ImageEditor.Task;
import dev.retouch.mock.error.ProviderErrors;
import dev.retouch.mock.intake.StoredBytes;
import dev.retouch.mock.kind.AcceptedEdits.End;
import dev.retouch.mock.model.Size;
import dev.retouch.mock.picture.ImageFacts;
import dev.retouch.mock.picture.ImageFormat;
import dev.retouch.mock.wire.Answer;
import dev.retouch.mock.wire.Endpoint;
import dev.retouch.mock.wire.EndpointRequest;
import dev.retouch.mock.wire.Routes;

/** fal's queue: images as data URLs, one image for each request, the URLs of state, result and cancellation, and a result with links. */
final class FalEndpoints {

    private static final String IMAGES = "image_urls";
    private static final Set<String> MEMBERS = Set.of("prompt", IMAGES, "image_url", "image_size", "aspect_ratio",
            "resolution", "num_images", "seed", "output_format", "sync_mode", "enable_safety_checker");

    private final AcceptedEdits edits;

    FalEndpoints(AcceptedEdits edits) {
        this.edits = edits;
    }

    void addTo(Routes routes, String base) {
        Endpoint submission = call -> submit(call, base);
        String requests = base + "{owner}/{app}/requests/{id}";
        routes.on("GET", requests, this::result).on("GET", requests + "/status", this::status)
                .on("PUT", requests + "/cancel", this::cancel).on("POST", base + "{owner}/{app}", submission)
                .on("POST", base + "{owner}/{app}/{variant}", submission);
    }

    private Answer submit(EndpointRequest call, String base) throws IOException {
        JsonNode document = JsonRequests.document(call.body());
        JsonRequests.allow(document, MEMBERS);
        String prompt = JsonRequests.required(document, "prompt");
        List<StoredBytes> images = new ArrayList<>();
        document.path(IMAGES).forEach(url -> images.add(JsonRequests.image(url, IMAGES)));
        if (images.isEmpty()) {
            images.add(JsonRequests.image(document.path("image_url"), "image_url"));
        }
        if (document.path("num_images").asInt(1) != 1 || document.path("sync_mode").asBoolean()) {
            throw ProviderErrors.invalidValue("num_images",
                    "This model makes one image for each request, in the queue.");
        }
        ImageFormat format = ImageFormat
                .ofWireName(JsonRequests.oneOf(document, "output_format", Set.of("jpeg", "png", "webp"), "png"));
        String id = edits.accept(call, new Task(IMAGES, prompt, images, Optional.empty(),
                size(document, edits.editor().facts(images.getFirst(), IMAGES)), format, true));
        String url = call.origin() + base + call.variable("owner") + "/" + call.variable("app") + "/requests/" + id;
        return Answer.json(JsonNodeFactory.instance.objectNode().put("request_id", id).put("status", "IN_QUEUE")
                .put("response_url", url).put("status_url", url + "/status").put("cancel_url", url + "/cancel")
                .put("queue_position", 0));
    }

    private static Size size(JsonNode document, ImageFacts first) {
        JsonNode named = document.path("image_size");
        return named.isObject()
                ? JsonRequests.size(named, "width", "height", 1)
                : ResultSizes.of(document.path("aspect_ratio"), document.path("resolution"), first);
    }

    /** A request that failed is completed, too; its result says why. */
    private Answer status(EndpointRequest call) {
        String id = call.variable("id");
        edits.end(id);
        return Answer.json(JsonNodeFactory.instance.objectNode().put("status", "COMPLETED").put("request_id", id));
    }

    private Answer result(EndpointRequest call) {
        return switch (edits.end(call.variable("id"))) {
            case End.Done done -> images(done.urls());
            case End.Blocked() -> throw ProviderErrors.moderationBlocked();
            case End.Failed() -> images(List.of());
        };
    }

    private static Answer images(List<String> urls) {
        ObjectNode document = JsonNodeFactory.instance.objectNode();
        ArrayNode images = document.putArray("images");
        ArrayNode flags = JsonNodeFactory.instance.arrayNode();
        for (String url : urls) {
            images.addObject().put("url", url);
            flags.add(false);
        }
        document.set("has_nsfw_concepts", flags);
        return Answer.json(document);
    }

    private Answer cancel(EndpointRequest call) {
        edits.end(call.variable("id"));
        return Answer.json(400, Map.of(), JsonNodeFactory.instance.objectNode().put("status", "ALREADY_COMPLETED"));
    }
}
