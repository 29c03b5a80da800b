package dev.retouch.contract.coverage;

import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.Map;

import dev.retouch.contract.exchange.Operation;
import dev.retouch.contract.harness.Contract;
import dev.retouch.contract.harness.Endpoint;
import dev.retouch.contract.harness.Reply;

/**
 * A valid request for any operation, except that the resources it names do not exist.
 *
 * @param key the API key for operations that need one
 * @param adminToken the admin token for operations that need it
 */
record Mistaken(Operation operation, URI gateway, String key, String adminToken) {

    private static final Map<String, String> NAMES = Map.of("group", "nobodys", "key", "key_0", "task", "task_0",
            "model", "gpt-image-9", "name", "nothing.png", "edit", "req_0", "version", "7", "upstream", "nobodys",
            "thumbnail", "result-1");
    private static final Map<String, String> BODIES = Map.of("createGroup", "{\"name\":\"default\"}",
            "createKey", "{\"group\":\"nobodys\"}", "fundGroup", "{\"amount\":\"1\"}", "fundKey",
            "{\"amount\":\"1\"}", "replaceUpstreams", "{\"upstreams\":{}}", "replaceModels", "{\"models\":{}}",
            "replaceRules",
            "{\"rules\":{}}",
            "testUpstream", "{\"kind\":\"check\"}");

    /** A body that is right. */
    String body() {
        return operation.path().startsWith("/v1/images/")
                ? "{\"prompt\":\"p\",\"model\":\"gpt-image-9\",\"images\":[{\"image_url\":\""
                        + Contract.dataUrl("input.png") + "\"}]}"
                : BODIES.getOrDefault(operation.id(), "{}");
    }

    /** Sends it unchanged. */
    Reply send() {
        return send("application/json", body(), "");
    }

    /** Sends it with additional headers. */
    Reply send(String name, String value) {
        return send("application/json", body(), "", name, value);
    }

    /** Sends it with another body, where it has one. */
    Reply sendBody(String type, String body) {
        return send(type, body, "");
    }

    /** Sends it with a query. */
    Reply sendQuery(String query) {
        return send("application/json", body(), query);
    }

    private Reply send(String type, String body, String query, String... headers) {
        String path = operation.path();
        for (Map.Entry<String, String> name : NAMES.entrySet()) {
            path = path.replace("{" + name.getKey() + "}", name.getValue());
        }
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(gateway + path + query));
        String token = operation.security().equals("admin") ? adminToken : key;
        if (!operation.security().isEmpty()) {
            request.header("Authorization", "Bearer " + token);
        }
        if (operation.id().equals("refundEdit")) {
            request.header("Idempotency-Key", "refund-of-nothing");
        }
        if (headers.length > 0) {
            request.headers(headers);
        }
        boolean hasBody = !operation.bodies().isEmpty();
        return Endpoint.send(hasBody
                ? request.header("Content-Type", type).method(operation.method(), BodyPublishers.ofString(body))
                : request.method(operation.method(), BodyPublishers.noBody()));
    }
}
