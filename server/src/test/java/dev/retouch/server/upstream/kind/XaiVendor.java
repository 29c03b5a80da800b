package dev.retouch.server.upstream.kind;

import java.io.IOException;
import java.util.Set;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * xAI's {@code POST /v1/images/edits}, from its documentation: JSON only, {@code image.url} or up to three {@code images}, and the cost
 * in ticks of which a dollar has ten thousand million.
 */
final class XaiVendor extends ScriptedVendor {

    private static final Set<String> MEMBERS = Set.of("model", "prompt", "image", "images", "n", "aspect_ratio",
            "resolution", "quality", "response_format", "user");

    XaiVendor() throws IOException {
        super();
    }

    @Override
    Reply answer(Received request) {
        if (!request.path().equals("/v1/images/edits")) {
            return error(404, "Not found", "The requested resource was not found.");
        }
        if (!request.header("authorization").equals("Bearer " + KEY)) {
            return error(400, "Client specified an invalid argument", "Incorrect API key provided: ven***ef.");
        }
        if (!request.header("content-type").equals(JSON_TYPE)) {
            return error(415, "Unsupported media type", "Expected request with `Content-Type: application/json`");
        }
        JsonNode document = request.json();
        for (var member : document.properties()) {
            if (!MEMBERS.contains(member.getKey())) {
                return error(422, "Unprocessable entity", "unknown field `" + member.getKey() + "`");
            }
        }
        int images = document.has("image") ? 1 : document.path("images").size();
        JsonNode first = document.has("image") ? document.path("image") : document.path("images").path(0);
        if (images < 1 || images > 3 || !first.path("url").asText().startsWith("data:image/")
                || !first.path("type").asText().equals("image_url")) {
            return error(400, "Client specified an invalid argument", "Between 1 and 3 images are required.");
        }
        if (document.has("resolution") && !Set.of("1k", "2k").contains(document.path("resolution").asText())) {
            return error(400, "Client specified an invalid argument", "Invalid resolution.");
        }
        return edited(document.path("n").asInt(1), 220_000_010L + 20_000_000L * images);
    }

    static Reply edited(int count, long ticks) {
        ObjectNode document = JSON.createObjectNode();
        for (int i = 0; i < count; i++) {
            document.withArray("data").addObject().put("b64_json", base64(picture(64, 64)))
                    .put("mime_type", "image/png").put("respect_moderation", true);
        }
        document.putObject("usage").put("cost_in_usd_ticks", ticks);
        return Reply.json(document).with("x-request-id", "xai-1");
    }

    static Reply moderated() {
        ObjectNode document = JSON.createObjectNode();
        document.putArray("data").addObject().put("url", "").put("respect_moderation", false);
        document.putObject("usage").put("cost_in_usd_ticks", 0);
        return Reply.json(document);
    }

    static Reply error(int status, String code, String message) {
        return Reply.json(status, JSON.createObjectNode().put("code", code).put("error", message).toString());
    }
}
