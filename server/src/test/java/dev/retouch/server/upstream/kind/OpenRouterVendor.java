package dev.retouch.server.upstream.kind;

import java.io.IOException;
import java.util.Set;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * OpenRouter's {@code POST /api/v1/images}, from its API reference: references as data URLs, proportions and resolution, one image for
 * each request at this provider, and the cost in the answer.
 */
final class OpenRouterVendor extends ScriptedVendor {

    private static final Set<String> RESOLUTIONS = Set.of("512", "1K", "2K", "4K");
    private static final Set<String> MEMBERS = Set.of("model", "prompt", "input_references", "aspect_ratio",
            "resolution", "n", "quality", "background", "output_format", "output_compression", "seed", "size",
            "stream");

    OpenRouterVendor() throws IOException {
        super();
    }

    @Override
    Reply answer(Received request) {
        if (!request.path().equals("/api/v1/images")) {
            return error(404, "No endpoints found that support image generation.");
        }
        if (!request.header("authorization").equals("Bearer " + KEY)) {
            return error(401, "User not found.");
        }
        JsonNode document = request.json();
        for (var member : document.properties()) {
            if (!MEMBERS.contains(member.getKey())) {
                return error(400, "Unrecognized key: \"" + member.getKey() + "\"");
            }
        }
        JsonNode references = document.path("input_references");
        for (JsonNode reference : references) {
            if (!reference.path("type").asText().equals("image_url")
                    || !reference.at("/image_url/url").asText().startsWith("data:image/")) {
                return error(400, "Invalid input reference");
            }
        }
        if (document.path("n").asInt(1) != 1) {
            return error(400, "n must be 1 for this model");
        }
        if (document.has("resolution") && !RESOLUTIONS.contains(document.path("resolution").asText())) {
            return error(400, "Invalid resolution");
        }
        return references.isEmpty() ? error(400, "Input required") : image("0.041234567");
    }

    static Reply image(String cost) {
        ObjectNode document = JSON.createObjectNode().put("created", 1_780_000_000);
        document.putArray("data").addObject().put("b64_json", base64(picture(64, 64)));
        return Reply.json(200, document.toString().replaceFirst("}$", ",\"usage\":{\"prompt_tokens\":0,"
                + "\"completion_tokens\":1290,\"total_tokens\":1290,\"cost\":" + cost + "}}"));
    }

    static Reply error(int status, String message) {
        ObjectNode document = JSON.createObjectNode();
        document.putObject("error").put("code", status).put("message", message).putObject("metadata")
                .put("provider_name", "Google");
        return Reply.json(status, document.toString());
    }
}
