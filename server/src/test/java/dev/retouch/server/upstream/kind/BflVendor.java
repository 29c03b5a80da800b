package dev.retouch.server.upstream.kind;

import java.io.IOException;
import java.util.Base64;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * Black Forest Labs' API, from docs.bfl.ai: the key in {@code x-key}, base64 images, width and height in multiples of 16, a cost in
 * credits of one cent, a polling URL, status words, a sample behind a link that expires.
 */
final class BflVendor extends PollVendor {

    static final String COST = "4.5";

    BflVendor() throws IOException {
        super();
    }

    @Override
    Reply answer(Received request) {
        if (!request.header("x-key").equals(KEY)) {
            return Reply.json(403, "{\"detail\":\"Not authenticated - Invalid Authentication\"}");
        }
        if (request.method().equals("GET")) {
            return request.path().equals("/v1/get_result") ? state(ready(link())) : notFound();
        }
        if (!request.path().matches("/v1/flux-[a-z0-9.-]+")) {
            return notFound();
        }
        JsonNode document = request.json();
        boolean fill = request.path().endsWith("-fill");
        String image = document.path(fill ? "image" : "input_image").asText();
        if (document.path("prompt").asText().isEmpty() || !isImage(image)) {
            return invalid("prompt", "Field required", "missing");
        }
        if (fill && !isGrey(document.path("mask").asText())) {
            return invalid("mask", "Invalid mask", "value_error");
        }
        int width = document.path("width").asInt(1024);
        int height = document.path("height").asInt(1024);
        if (width % 16 != 0 || height % 16 != 0) {
            return invalid("width", "Input should be a multiple of 16", "multiple_of");
        }
        if (request.path().contains("kontext") && document.has("width")) {
            return invalid("width", "Extra inputs are not permitted", "extra_forbidden");
        }
        return accepted(accept(document), base() + "/v1/get_result?id=1");
    }

    Reply accepted(String id, String pollingUrl) {
        return Reply.json(200, "{\"id\":\"" + id + "\",\"polling_url\":\"" + pollingUrl + "\",\"cost\":" + COST
                + ",\"input_mp\":1.0,\"output_mp\":1.0}");
    }

    private static boolean isImage(String base64) {
        return base64.length() > 8 && Base64.getDecoder().decode(base64).length > 8;
    }

    /** A png of grey pixels: its kind of pixels is the 26th byte. */
    private static boolean isGrey(String base64) {
        byte[] png = Base64.getDecoder().decode(base64);
        return png.length > 26 && png[25] == 0;
    }

    static Reply status(String word) {
        return Reply.json(200,
                JSON.createObjectNode().put("id", "task-1").put("status", word).putNull("result").toString());
    }

    static Reply moderated(String word) {
        ObjectNode document = JSON.createObjectNode().put("id", "task-1").put("status", word);
        document.putObject("details").putArray("Moderation Reasons").add("Copyright Violation");
        return Reply.json(document);
    }

    static Reply ready(String link) {
        ObjectNode document = JSON.createObjectNode().put("id", "task-1").put("status", "Ready").put("progress", 1.0);
        document.putObject("result").put("sample", link).put("prompt", "x").put("seed", 7);
        return Reply.json(document);
    }

    static Reply invalid(String field, String message, String type) {
        ObjectNode document = JSON.createObjectNode();
        ObjectNode detail = document.putArray("detail").addObject().put("msg", message).put("type", type);
        detail.putArray("loc").add("body").add(field);
        return Reply.json(422, document.toString());
    }

    private static Reply notFound() {
        return Reply.json(404, "{\"detail\":\"Not Found\"}");
    }
}
