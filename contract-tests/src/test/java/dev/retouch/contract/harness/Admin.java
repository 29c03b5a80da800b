package dev.retouch.contract.harness;

import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;

import com.fasterxml.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;

/** The operator of a gateway, over HTTP. */
public record Admin(URI baseUrl, String token) {

    /** The token that gateways of tests are started with. */
    public static final String TOKEN = "test-admin-token";

    /** Of a gateway that was started with {@link #TOKEN}. */
    public static Admin of(RunningGateway gateway) {
        return new Admin(gateway.baseUrl(), TOKEN);
    }

    /**
     * Sends a document, or nothing where there is none.
     *
     * @param headers names and values in turn
     */
    public Reply send(String method, String path, String json, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(baseUrl + "/admin/v1/" + path))
                .header("Authorization", "Bearer " + token);
        if (headers.length > 0) {
            request.headers(headers);
        }
        return Endpoint.send(json.isEmpty()
                ? request.method(method, BodyPublishers.noBody())
                : request.header("Content-Type", "application/json").method(method,
                        BodyPublishers.ofByteArray(json.getBytes(StandardCharsets.UTF_8))));
    }

    public Reply get(String path) {
        return send("GET", path, "");
    }

    public Reply post(String path, String json) {
        return send("POST", path, json);
    }

    public Reply patch(String path, String json) {
        return send("PATCH", path, json);
    }

    /** Makes a group, which must work. */
    public Admin group(String name, String more) {
        Reply reply = post("groups", "{\"name\":\"" + name + "\"" + (more.isEmpty() ? "" : "," + more) + "}");
        assertThat(reply.status()).as(reply.beginning()).isEqualTo(201);
        return this;
    }

    /** Issues a key, which must succeed, and returns the whole response. */
    public JsonNode issue(String group, String more) {
        Reply reply = post("keys", "{\"group\":\"" + group + "\"" + (more.isEmpty() ? "" : "," + more) + "}");
        assertThat(reply.status()).as(reply.beginning()).isEqualTo(201);
        return reply.json();
    }

    /** Issues a key and returns a client with it. */
    public Endpoint key(String group, String more) {
        return as(issue(group, more));
    }

    /** A client with an issued key. */
    public Endpoint as(JsonNode issued) {
        return new Endpoint(baseUrl, issued.path("secret").asText());
    }

    /** Never the token. */
    @Override
    public String toString() {
        return "Admin[" + baseUrl + "]";
    }
}
