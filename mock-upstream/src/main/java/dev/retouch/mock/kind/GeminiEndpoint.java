package dev.retouch.mock.kind;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

import dev.retouch.mock.edit.ImageEditor;
import dev.retouch.mock.edit.ImageEditor.Task;
import dev.retouch.mock.error.ProviderErrors;
import dev.retouch.mock.intake.StoredBytes;
import dev.retouch.mock.model.Models;
import dev.retouch.mock.model.Size;
import dev.retouch.mock.picture.ImageFormat;
import dev.retouch.mock.scenario.Scenario;
import dev.retouch.mock.wire.Answer;
import dev.retouch.mock.wire.Endpoint;
import dev.retouch.mock.wire.EndpointRequest;
import dev.retouch.mock.wire.Routes;

/**
 * Google's {@code generateContent} for image models, at the paths of the Gemini API and of Vertex AI: a turn with inline images and
 * text, one image for each request, no mask, usage by modality, and refusals with status 200.
 */
final class GeminiEndpoint implements Endpoint {

    private static final String METHOD = ":generateContent";
    private static final Set<String> MEMBERS = Set.of("contents", "generationConfig", "safetySettings",
            "systemInstruction");
    private static final Set<String> CONFIGURATION = Set.of("responseModalities", "imageConfig", "seed", "temperature",
            "topP", "topK");
    private static final Set<String> IMAGE = Set.of("aspectRatio", "imageSize");
    private static final int IMAGE_TOKENS = 258;
    private static final int CHARACTERS_PER_TOKEN = 4;

    private final ImageEditor editor;
    private final Models models;

    GeminiEndpoint(ImageEditor editor, Models models) {
        this.editor = editor;
        this.models = models;
    }

    /** The paths of the Gemini API. */
    void addGemini(Routes routes, String base) {
        routes.on("POST", base + "v1beta/models/{model}", this).on("GET", base + "v1beta/models",
                _ -> Answer.json(JsonNodeFactory.instance.objectNode().set("models",
                        JsonNodeFactory.instance.arrayNode())));
    }

    /** The paths of Vertex AI: with a project, and without one for express keys. */
    void addVertex(Routes routes, String base) {
        routes.on("POST", base + "v1/publishers/google/models/{model}", this).on("POST",
                base + "v1/projects/{project}/locations/{location}/publishers/google/models/{model}", this);
    }

    /** The parts of the request's turn. */
    private record Turn(String prompt, List<StoredBytes> images) {}

    @Override
    public Answer answer(EndpointRequest call) throws IOException {
        String path = call.variable("model");
        String model = path.endsWith(METHOD) ? path.substring(0, path.length() - METHOD.length()) : "";
        TreeMap<Long, Integer> tokens = models.gemini().get(model);
        if (tokens == null) {
            throw ProviderErrors.notFound("POST", "models/" + path);
        }
        JsonNode document = JsonRequests.document(call.body());
        JsonRequests.allow(document, MEMBERS);
        JsonNode configuration = document.path("generationConfig");
        JsonRequests.allow(configuration, CONFIGURATION);
        JsonRequests.allow(configuration.path("imageConfig"), IMAGE);
        Turn turn = turn(document.path("contents"));
        StoredBytes first = turn.images().getFirst();
        Size size = ResultSizes.of(configuration.at("/imageConfig/aspectRatio"),
                configuration.at("/imageConfig/imageSize"),
                editor.facts(first, "inlineData"));
        if (call.script().has(Scenario.ModerationBlocked.class)) {
            throw ProviderErrors.moderationBlocked();
        }
        Optional<Path> image = call.script().has(Scenario.FewerImages.class)
                ? Optional.empty()
                : Optional.of(editor.edit(new Task("inlineData", turn.prompt(), turn.images(), Optional.empty(), size,
                        ImageFormat.PNG, true), 1, call.workspace()).getFirst());
        ObjectNode answer = answer(image);
        if (!call.script().has(Scenario.MissingUsage.class)) {
            Map.Entry<Long, Integer> row = Optional.ofNullable(tokens.ceilingEntry(size.pixels()))
                    .orElse(tokens.lastEntry());
            usage(answer.putObject("usageMetadata"), turn, image.isPresent() ? row.getValue() : 0);
        }
        answer.put("modelVersion", model).put("responseId", "mock-" + System.nanoTime());
        return FileImage.answer(answer);
    }

    private static Turn turn(JsonNode contents) {
        List<StoredBytes> images = new ArrayList<>();
        StringBuilder prompt = new StringBuilder();
        for (JsonNode part : contents.path(0).path("parts")) {
            if (part.has("inlineData")) {
                images.add(JsonRequests.image(part.path("inlineData").path("data"), "inlineData"));
            } else {
                prompt.append(JsonRequests.required(part, "text"));
            }
        }
        if (images.isEmpty() || prompt.isEmpty() || !contents.path(0).path("role").asText().equals("user")) {
            throw ProviderErrors.badRequest("contents are not specified", "contents", null);
        }
        return new Turn(prompt.toString(), images);
    }

    private static ObjectNode answer(Optional<Path> image) {
        ObjectNode document = JsonNodeFactory.instance.objectNode();
        ObjectNode candidate = document.putArray("candidates").addObject();
        ArrayNode parts = candidate.putObject("content").put("role", "model").putArray("parts");
        parts.addObject().put("text", image.isPresent() ? "Here is your image:" : "I cannot draw that.");
        image.ifPresent(file -> parts.addObject().putObject("inlineData").put("mimeType", "image/png").set("data",
                FileImage.in(file)));
        candidate.put("finishReason", image.isPresent() ? "STOP" : "NO_IMAGE").put("index", 0);
        return document;
    }

    private static void usage(ObjectNode usage, Turn turn, int output) {
        int text = Math.ceilDiv(turn.prompt().length(), CHARACTERS_PER_TOKEN);
        int images = IMAGE_TOKENS * turn.images().size();
        usage.put("promptTokenCount", text + images).put("candidatesTokenCount", output).put("totalTokenCount",
                text + images + output);
        modality(usage.putArray("promptTokensDetails"), "TEXT", text).addObject().put("modality", "IMAGE")
                .put("tokenCount", images);
        modality(usage.putArray("candidatesTokensDetails"), "IMAGE", output);
    }

    private static ArrayNode modality(ArrayNode details, String name, int tokens) {
        details.addObject().put("modality", name).put("tokenCount", tokens);
        return details;
    }
}
