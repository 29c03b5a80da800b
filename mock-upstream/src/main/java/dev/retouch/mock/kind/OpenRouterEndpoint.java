package dev.retouch.mock.kind;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
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
 * OpenRouter's {@code POST /api/v1/images}: references as data URLs, proportions and resolution, one image for each request, and the
 * cost in the answer.
 */
final class OpenRouterEndpoint implements Endpoint {

    private static final Set<String> MEMBERS = Set.of("model", "prompt", "input_references", "aspect_ratio",
            "resolution", "n", "quality", "background", "output_format", "output_compression", "seed");
    private static final int MAX_REFERENCES = 16;
    /** US dollars for each image. */
    private static final String COST = "0.03";

    private final ImageEditor editor;
    private final Clock clock;

    OpenRouterEndpoint(ImageEditor editor, Clock clock) {
        this.editor = editor;
        this.clock = clock;
    }

    void addTo(Routes routes, String base) {
        routes.on("POST", base + "api/v1/images", this).on("GET", base + "api/v1/key",
                _ -> Answer.json(JsonNodeFactory.instance.objectNode().set("data",
                        JsonNodeFactory.instance.objectNode().put("label", "mock"))));
    }

    @Override
    public Answer answer(EndpointRequest call) throws IOException {
        JsonNode document = JsonRequests.document(call.body());
        JsonRequests.allow(document, MEMBERS);
        JsonRequests.required(document, "model");
        String prompt = JsonRequests.required(document, "prompt");
        if (document.path("n").asInt(1) != 1) {
            throw ProviderErrors.invalidValue("n", "n must be 1 for this model");
        }
        List<StoredBytes> references = references(document.path("input_references"));
        Size size = ResultSizes.of(document.path("aspect_ratio"), document.path("resolution"),
                editor.facts(references.getFirst(), "input_references"));
        ImageFormat format = ImageFormat.ofWireName(
                JsonRequests.oneOf(document, "output_format", Set.of("png", "jpeg", "webp"), "png"));
        if (call.script().has(Scenario.ModerationBlocked.class)) {
            throw ProviderErrors.moderationBlocked();
        }
        ObjectNode answer = JsonNodeFactory.instance.objectNode().put("created", clock.instant().getEpochSecond());
        ArrayNode data = answer.putArray("data");
        if (!call.script().has(Scenario.FewerImages.class)) {
            Path image = editor.edit(new Task("input_references", prompt, references, Optional.empty(), size, format,
                    true), 1, call.workspace()).getFirst();
            data.addObject().set("b64_json", FileImage.in(image));
        }
        if (!call.script().has(Scenario.MissingUsage.class)) {
            answer.putObject("usage").put("prompt_tokens", 0).put("completion_tokens", 0).put("total_tokens", 0)
                    .put("cost", data.isEmpty() ? java.math.BigDecimal.ZERO : new java.math.BigDecimal(COST));
        }
        return FileImage.answer(answer);
    }

    private static List<StoredBytes> references(JsonNode array) {
        List<StoredBytes> images = new ArrayList<>();
        for (JsonNode reference : array) {
            if (!reference.path("type").asText().equals("image_url")) {
                throw ProviderErrors.invalidValue("input_references", "Invalid input reference");
            }
            images.add(JsonRequests.image(reference.at("/image_url/url"), "input_references"));
        }
        if (images.isEmpty() || images.size() > MAX_REFERENCES) {
            throw ProviderErrors.invalidValue("input_references",
                    "Between 1 and " + MAX_REFERENCES + " references are required.");
        }
        return images;
    }
}
