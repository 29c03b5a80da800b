package dev.retouch.mock.kind;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

import dev.retouch.mock.edit.ImageEditor;
import dev.retouch.mock.edit.ImageEditor.Task;
import dev.retouch.mock.error.ProviderErrors;
import dev.retouch.mock.intake.StoredBytes;
import dev.retouch.mock.model.Size;
import dev.retouch.mock.picture.ImageFormat;
import dev.retouch.mock.scenario.Scenario;
import dev.retouch.mock.wire.Answer;
import dev.retouch.mock.wire.Endpoint;
import dev.retouch.mock.wire.EndpointRequest;
import dev.retouch.mock.wire.Routes;

/**
 * xAI's {@code POST /v1/images/edits}: JSON only, {@code image.url} or up to three {@code images}, results in jpeg, and the cost in ticks of
 * which a US dollar has ten thousand million. A blocked image is an element that says so.
 */
final class XaiEndpoint implements Endpoint {

    private static final Set<String> MEMBERS = Set.of("model", "prompt", "image", "images", "n", "aspect_ratio",
            "resolution", "quality", "response_format", "user");
    private static final int MAX_IMAGES = 3;
    private static final int MAX_RESULTS = 10;
    private static final long TICKS_PER_RESULT = 200_000_000;
    private static final long TICKS_PER_INPUT = 20_000_000;

    private final ImageEditor editor;

    XaiEndpoint(ImageEditor editor) {
        this.editor = editor;
    }

    void addTo(Routes routes, String base) {
        routes.on("POST", base + "v1/images/edits", this).on("GET", base + "v1/models",
                _ -> Answer.json(JsonNodeFactory.instance.objectNode().set("data",
                        JsonNodeFactory.instance.arrayNode())));
    }

    @Override
    public Answer answer(EndpointRequest call) throws IOException {
        JsonNode document = JsonRequests.document(call.body());
        JsonRequests.allow(document, MEMBERS);
        JsonRequests.required(document, "model");
        String prompt = JsonRequests.required(document, "prompt");
        JsonRequests.oneOf(document, "response_format", Set.of("b64_json"), "b64_json");
        JsonRequests.oneOf(document, "resolution", Set.of("1k", "2k"), "1k");
        List<StoredBytes> images = images(document);
        int count = document.path("n").asInt(1);
        if (count < 1 || count > MAX_RESULTS) {
            throw ProviderErrors.invalidValue("n", "n must be between 1 and " + MAX_RESULTS + ".");
        }
        Size size = ResultSizes.of(document.path("aspect_ratio"), document.path("resolution"),
                editor.facts(images.getFirst(), "image"));
        ObjectNode answer = JsonNodeFactory.instance.objectNode();
        ArrayNode data = answer.putArray("data");
        if (call.script().has(Scenario.ModerationBlocked.class)) {
            data.addObject().put("url", "").put("respect_moderation", false);
            answer.putObject("usage").put("cost_in_usd_ticks", 0);
            return Answer.json(answer);
        }
        int delivered = count - call.script().find(Scenario.FewerImages.class).map(Scenario.FewerImages::missing)
                .orElse(0);
        List<Path> results = editor.edit(new Task("image", prompt, images, Optional.empty(), size, ImageFormat.JPEG,
                true), Math.max(0, delivered), call.workspace());
        results.forEach(result -> data.addObject().put("mime_type", "image/jpeg").put("respect_moderation", true)
                .set("b64_json", FileImage.in(result)));
        if (!call.script().has(Scenario.MissingUsage.class)) {
            answer.putObject("usage").put("cost_in_usd_ticks",
                    results.size() * (TICKS_PER_RESULT + images.size() * TICKS_PER_INPUT));
        }
        return FileImage.answer(answer);
    }

    private static List<StoredBytes> images(JsonNode document) {
        List<StoredBytes> images = new ArrayList<>();
        if (document.has("image")) {
            images.add(image(document.path("image")));
        }
        document.path("images").forEach(image -> images.add(image(image)));
        if (images.isEmpty() || images.size() > MAX_IMAGES) {
            throw ProviderErrors.invalidValue("images", "Between 1 and " + MAX_IMAGES + " images are required.");
        }
        return images;
    }

    private static StoredBytes image(JsonNode image) {
        if (!image.path("type").asText().equals("image_url")) {
            throw ProviderErrors.invalidValue("image", "The type of an image must be image_url.");
        }
        return JsonRequests.image(image.path("url"), "image");
    }
}
