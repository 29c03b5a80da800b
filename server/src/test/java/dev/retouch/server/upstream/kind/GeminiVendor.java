package dev.retouch.server.upstream.kind;

import java.io.IOException;
import java.util.Base64;
import java.util.Set;
import java.util.regex.Pattern;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * The Gemini API's {@code generateContent} for image models, from Google's reference: the key in {@code x-goog-api-key}, one user turn of
 * inline data and text, one image for each request, usage by modality, and refusals with status 200.
 */
final class GeminiVendor extends ScriptedVendor {

    static final int TEXT_TOKENS = 15;
    static final int IMAGE_TOKENS = 258;
    static final int OUTPUT_TOKENS = 1290;

    /** A token of Google Cloud. */
    static final String TOKEN = "ya29.token-of-google";

    private static final Pattern PATH = Pattern.compile("/(v1beta/models|v1/publishers/google/models"
            + "|v1/projects/acme-1/locations/global/publishers/google/models)/[a-z0-9.-]+:generateContent");
    private static final Set<String> RATIOS = Set.of("1:1", "2:3", "3:2", "3:4", "4:3", "4:5", "5:4", "9:16", "16:9",
            "21:9", "1:4", "4:1", "1:8", "8:1");
    private static final Set<String> SIZES = Set.of("512", "1K", "2K", "4K");

    GeminiVendor() throws IOException {
        super();
    }

    @Override
    Reply answer(Received request) {
        if (!request.method().equals("POST") || !PATH.matcher(request.path()).matches()) {
            return error(404, "NOT_FOUND", "models/x is not found for API version v1beta.");
        }
        boolean key = request.header("x-goog-api-key").equals(KEY) && request.header("authorization").isEmpty();
        if (!key && !request.header("authorization").equals("Bearer " + TOKEN)) {
            return invalidKey();
        }
        if (!request.header("content-type").equals(JSON_TYPE)) {
            return refusedRequest("another header than the reference has");
        }
        return edit(request.json());
    }

    static Reply edit(JsonNode document) {
        JsonNode parts = document.at("/contents/0/parts");
        int images = 0;
        String prompt = "";
        for (JsonNode part : parts) {
            if (part.has("inlineData")) {
                byte[] image = Base64.getDecoder().decode(part.at("/inlineData/data").asText());
                if (image.length == 0 || !part.at("/inlineData/mimeType").asText().matches("image/(png|jpeg|webp)")) {
                    return error(400, "INVALID_ARGUMENT", "Unable to process input image.");
                }
                images++;
            } else {
                prompt = part.path("text").asText();
            }
        }
        if (prompt.isEmpty() || images == 0 || !document.at("/contents/0/role").asText().equals("user")) {
            return error(400, "INVALID_ARGUMENT", "contents are not specified");
        }
        JsonNode configuration = document.path("generationConfig");
        for (String member : new String[]{"n", "candidateCount", "mask", "size"}) {
            if (document.has(member) || configuration.has(member)) {
                return error(400, "INVALID_ARGUMENT",
                        "Invalid JSON payload received. Unknown name \"" + member + "\".");
            }
        }
        JsonNode image = configuration.path("imageConfig");
        boolean known = (image.path("aspectRatio").isMissingNode()
                || RATIOS.contains(image.path("aspectRatio").asText()))
                && (image.path("imageSize").isMissingNode() || SIZES.contains(image.path("imageSize").asText()));
        return known
                ? image(images)
                : error(400, "INVALID_ARGUMENT", "Invalid value at 'generation_config.image_config'");
    }

    static Reply image(int inputs) {
        ObjectNode document = JSON.createObjectNode();
        ObjectNode candidate = document.putArray("candidates").addObject();
        ArrayNode parts = candidate.putObject("content").put("role", "model").putArray("parts");
        parts.addObject().put("text", "Here is your image:");
        parts.addObject().put("thoughtSignature", "c2ln").putObject("inlineData").put("mimeType", "image/png")
                .put("data", base64(picture(96, 64)));
        candidate.put("finishReason", "STOP").put("index", 0);
        ObjectNode usage = document.putObject("usageMetadata");
        int prompt = TEXT_TOKENS + inputs * IMAGE_TOKENS;
        usage.put("promptTokenCount", prompt).put("candidatesTokenCount", OUTPUT_TOKENS)
                .put("totalTokenCount", prompt + OUTPUT_TOKENS);
        usage.putArray("promptTokensDetails")
                .add(JSON.createObjectNode().put("modality", "TEXT").put("tokenCount", TEXT_TOKENS))
                .add(JSON.createObjectNode().put("modality", "IMAGE").put("tokenCount", inputs * IMAGE_TOKENS));
        usage.putArray("candidatesTokensDetails")
                .add(JSON.createObjectNode().put("modality", "IMAGE").put("tokenCount", OUTPUT_TOKENS));
        document.put("modelVersion", "gemini-2.5-flash-image").put("responseId", "resp-1");
        return Reply.json(document);
    }

    static Reply promptBlocked(String reason) {
        return Reply.json(200, "{\"promptFeedback\":{\"blockReason\":\"" + reason
                + "\"},\"usageMetadata\":{\"promptTokenCount\":273,\"totalTokenCount\":273}}");
    }

    static Reply finished(String reason) {
        return Reply.json(200,
                "{\"candidates\":[{\"content\":{\"role\":\"model\",\"parts\":[{\"text\":\"I cannot.\"}]},"
                        + "\"finishReason\":\"" + reason + "\",\"index\":0}],"
                        + "\"usageMetadata\":{\"promptTokenCount\":273,\"candidatesTokenCount\":9,\"totalTokenCount\":282}}");
    }

    static Reply invalidKey() {
        return Reply.json(400, """
                {"error":{"code":400,"message":"API key not valid. Please pass a valid API key.",
                "status":"INVALID_ARGUMENT","details":[{"@type":"type.googleapis.com/google.rpc.ErrorInfo",
                "reason":"API_KEY_INVALID","domain":"googleapis.com"}]}}""");
    }

    static Reply limited(String delay) {
        return Reply.json(429, """
                {"error":{"code":429,"message":"You exceeded your current quota.","status":"RESOURCE_EXHAUSTED",
                "details":[{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"%s"}]}}"""
                .formatted(delay));
    }

    static Reply overloaded() {
        return error(503, "UNAVAILABLE", "The model is overloaded. Please try again later.");
    }

    static Reply error(int status, String name, String message) {
        ObjectNode document = JSON.createObjectNode();
        document.putObject("error").put("code", status).put("message", message).put("status", name);
        return Reply.json(status, document.toString());
    }
}
