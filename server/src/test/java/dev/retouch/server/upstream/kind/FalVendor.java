package dev.retouch.server.upstream.kind;

import java.io.IOException;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedDeque;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * fal's queue, from its documentation: {@code Authorization: Key}, status, response and cancel URLs, image links, and flags of pictures
 * that were blacked out.
 */
final class FalVendor extends PollVendor {

    private final Deque<Reply> results = new ConcurrentLinkedDeque<>();

    FalVendor() throws IOException {
        super();
    }

    /** The next requests for a result get these replies before the usual one. */
    void results(Reply... replies) {
        results.addAll(List.of(replies));
    }

    @Override
    Reply answer(Received request) {
        if (!request.header("authorization").equals("Key " + KEY)) {
            return Reply.json(401, "{\"detail\":\"Authentication is required to access this application\"}");
        }
        if (request.path().endsWith("/status")) {
            return state(Reply.json(200, "{\"status\":\"COMPLETED\",\"request_id\":\"task-1\"}"));
        }
        if (request.path().endsWith("/cancel")) {
            return request.method().equals("PUT")
                    ? Reply.json(202, "{\"status\":\"CANCELLATION_REQUESTED\"}")
                    : Reply.json(405, "{\"detail\":\"Method Not Allowed\"}");
        }
        if (request.path().contains("/requests/")) {
            Reply next = results.poll();
            return next == null ? result(false, link()) : next;
        }
        JsonNode document = request.json();
        JsonNode images = document.path("image_urls");
        if (!images.path(0).asText(document.path("image_url").asText()).startsWith("data:image/")) {
            return invalid("image_urls", "field required", "missing");
        }
        return accepted(accept(document));
    }

    Reply accepted(String id) {
        String url = base() + "/fal-ai/flux-2-pro/requests/" + id;
        return Reply.json(200, JSON.createObjectNode().put("request_id", id).put("status", "IN_QUEUE")
                .put("response_url", url).put("status_url", url + "/status").put("cancel_url", url + "/cancel")
                .put("queue_position", 0).toString());
    }

    static Reply result(boolean blocked, String link) {
        ObjectNode document = JSON.createObjectNode();
        document.putArray("images").addObject().put("url", link).put("width", 64).put("height", 64)
                .put("content_type", "image/png");
        document.put("seed", 42).put("prompt", "x").putArray("has_nsfw_concepts").add(blocked);
        return Reply.json(document);
    }

    static Reply status(String word) {
        return Reply.json(200, "{\"status\":\"" + word + "\",\"request_id\":\"task-1\",\"queue_position\":3}");
    }

    static Reply invalid(String field, String message, String type) {
        ObjectNode document = JSON.createObjectNode();
        ObjectNode detail = document.putArray("detail").addObject().put("msg", message).put("type", type);
        detail.putArray("loc").add("body").add(field);
        return Reply.json(422, document.toString());
    }
}
