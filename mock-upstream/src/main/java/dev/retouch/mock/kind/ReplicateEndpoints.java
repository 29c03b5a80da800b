package dev.retouch.mock.kind;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

import dev.retouch.mock.edit.ImageEditor.Task;
import dev.retouch.mock.error.ProviderErrors;
import dev.retouch.mock.intake.StoredBytes;
import dev.retouch.mock.kind.AcceptedEdits.End;
import dev.retouch.mock.picture.ImageFormat;
import dev.retouch.mock.wire.Answer;
import dev.retouch.mock.wire.EndpointRequest;
import dev.retouch.mock.wire.Routes;

/** Replicate's predictions: images as data URLs in a field that depends on the model, {@code urls.get}, and an output with links. */
final class ReplicateEndpoints {

    /** The fields of input images: a list, or one image. */
    private static final List<String> IMAGES = List.of("input_images", "image_input", "input_image", "image");
    private static final Set<String> MEMBERS = Set.of("prompt", "input_images", "image_input", "input_image", "image",
            "aspect_ratio", "resolution", "output_format", "seed");

    private final AcceptedEdits edits;

    ReplicateEndpoints(AcceptedEdits edits) {
        this.edits = edits;
    }

    void addTo(Routes routes, String base) {
        routes.on("POST", base + "v1/models/{owner}/{name}/predictions", call -> submit(call, base))
                .on("GET", base + "v1/predictions/{id}", call -> prediction(call, base))
                .on("POST", base + "v1/predictions/{id}/cancel", call -> prediction(call, base));
    }

    private Answer submit(EndpointRequest call, String base) throws IOException {
        JsonNode input = JsonRequests.document(call.body()).path("input");
        JsonRequests.allow(input, MEMBERS);
        String prompt = JsonRequests.required(input, "prompt");
        List<StoredBytes> images = images(input);
        String name = JsonRequests.oneOf(input, "output_format", Set.of("jpg", "jpeg", "png", "webp"), "jpg");
        ImageFormat format = name.equals("jpg") ? ImageFormat.JPEG : ImageFormat.ofWireName(name);
        String id = edits.accept(call, new Task("input", prompt, images, Optional.empty(), ResultSizes.of(
                input.path("aspect_ratio"), input.path("resolution"), edits.editor().facts(images.getFirst(), "input")),
                format, true));
        return Answer.json(201, Map.of(), document(call, base, id).put("status", "starting").putNull("output"));
    }

    private static List<StoredBytes> images(JsonNode input) {
        List<StoredBytes> images = new ArrayList<>();
        for (String name : IMAGES) {
            JsonNode value = input.path(name);
            if (value.isArray()) {
                value.forEach(image -> images.add(JsonRequests.image(image, name)));
            } else if (!value.isMissingNode()) {
                images.add(JsonRequests.image(value, name));
            }
        }
        if (images.isEmpty()) {
            throw ProviderErrors.missing("input_image");
        }
        return images;
    }

    private Answer prediction(EndpointRequest call, String base) {
        String id = call.variable("id");
        ObjectNode document = document(call, base, id);
        switch (edits.end(id)) {
            case End.Done done -> done.urls().forEach(document.put("status", "succeeded").putArray("output")::add);
            case End.Blocked() -> document.put("status", "failed").putNull("output").put("error",
                    "The input or output was flagged as sensitive. Please try again with different inputs. (E005)");
            case End.Failed() -> document.put("status", "failed").putNull("output").put("error",
                    "Prediction interrupted; please retry (code: PA)");
        }
        return Answer.json(document);
    }

    private static ObjectNode document(EndpointRequest call, String base, String id) {
        String url = call.origin() + base + "v1/predictions/" + id;
        ObjectNode document = JsonNodeFactory.instance.objectNode().put("id", id).putNull("error");
        document.putObject("urls").put("get", url).put("cancel", url + "/cancel");
        return document;
    }
}
