package dev.retouch.server.upstream.kind;

import java.io.IOException;
import java.util.Set;

import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * Azure OpenAI's edits of images, from Microsoft's how-to: a form at the URL of a deployment with {@code api-version}, or at the v1 URL
 * with the deployment as model; a key in {@code api-key} or a token; png and jpeg only; no quality {@code auto}.
 */
final class AzureVendor extends ScriptedVendor {

    static final String TOKEN = "entra-token-1";

    private static final Set<String> QUALITIES = Set.of("low", "medium", "high");

    AzureVendor() throws IOException {
        super();
    }

    @Override
    Reply answer(Received request) {
        boolean classic = request.path().equals("/openai/deployments/my-deployment/images/edits")
                && request.query().matches("api-version=[0-9a-z-]+");
        boolean v1 = request.path().equals("/openai/v1/images/edits");
        if (!classic && !v1) {
            return request.path().contains("/deployments/")
                    ? error(404, "DeploymentNotFound", "The API deployment for this resource does not exist.")
                    : error(404, "404", "Resource not found");
        }
        boolean token = request.header("authorization").equals("Bearer " + TOKEN);
        if (!request.header("api-key").equals(KEY) && !token) {
            return wrongKey();
        }
        if (!request.header("content-type").startsWith("multipart/form-data")) {
            return error(400, "BadRequest", "Content-Type must be multipart/form-data");
        }
        MultipartForm form = MultipartForm.of(request);
        if (v1 && !form.text("model").equals("my-deployment")) {
            return error(404, "DeploymentNotFound", "The API deployment for this resource does not exist.");
        }
        for (MultipartForm.Part image : form.named("image[]")) {
            String head = image.value().substring(0, 4);
            if (!head.startsWith("\u0089PNG") && !head.startsWith("\u00ff\u00d8")) {
                return error(400, "BadRequest", "Invalid image: only PNG and JPG are supported");
            }
        }
        String format = form.text("output_format");
        if (form.named("image[]").isEmpty() || !QUALITIES.contains(form.text("quality"))
                || (!format.isEmpty() && !Set.of("png", "jpeg").contains(format))) {
            return error(400, "BadRequest", "Unsupported value");
        }
        return edited(Integer.parseInt(form.text("n").isEmpty() ? "1" : form.text("n")));
    }

    static Reply edited(int count) {
        ObjectNode document = JSON.createObjectNode().put("created", 1_780_000_000);
        for (int i = 0; i < count; i++) {
            document.withArray("data").addObject().put("b64_json", base64(picture(64, 64)));
        }
        ObjectNode usage = document.putObject("usage").put("input_tokens", 210).put("output_tokens", 4160L * count)
                .put("total_tokens", 210 + 4160L * count);
        usage.putObject("input_tokens_details").put("text_tokens", 10).put("image_tokens", 200);
        return Reply.json(document).with("apim-request-id", "apim-1").with("x-ms-region", "East US 2");
    }

    static Reply wrongKey() {
        return error(401, "401", "Access denied due to invalid subscription key or wrong API endpoint.");
    }

    /** The refusal of the images API. */
    static Reply imageFiltered() {
        return Reply.json(400, """
                {"created":1780000000,"error":{"code":"contentFilter",
                "message":"Your task failed as a result of our safety system."}}""");
    }

    /** The refusal of the service in front of every model. */
    static Reply promptFiltered() {
        return Reply.json(400,
                """
                        {"error":{"message":"The response was filtered due to the prompt triggering Azure OpenAI's content management policy.",
                        "type":null,"param":"prompt","code":"content_filter","status":400,"innererror":{"code":"ResponsibleAIPolicyViolation",
                        "content_filter_result":{"hate":{"filtered":false,"severity":"safe"},"sexual":{"filtered":true,"severity":"high"}}}}}""");
    }

    static Reply limited() {
        return error(429, "429", "Requests have exceeded the call rate limit.").with("retry-after-ms", "27500")
                .with("retry-after", "28");
    }

    static Reply error(int status, String code, String message) {
        ObjectNode document = JSON.createObjectNode();
        document.putObject("error").put("code", code).put("message", message);
        return Reply.json(status, document.toString());
    }
}
