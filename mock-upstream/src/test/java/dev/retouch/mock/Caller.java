package dev.retouch.mock;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

/** A client of the API, over real HTTP. */
final class Caller implements AutoCloseable {

    private final HttpClient http = HttpClient.newHttpClient();
    private final ObjectMapper json = new ObjectMapper();
    private final URI origin;

    Caller(MockUpstream mock) {
        this.origin = mock.origin();
    }

    /** An answer that was read to its end. */
    record Reply(int status, HttpResponse<byte[]> raw, JsonNode json) {

        String code() {
            return json.at("/error/code").asText();
        }

        String message() {
            return json.at("/error/message").asText();
        }

        String param() {
            return json.at("/error/param").asText();
        }

        String header(String name) {
            return raw.headers().firstValue(name).orElse("");
        }

        byte[] image(int index) throws IOException {
            return json.at("/data/" + index + "/b64_json").binaryValue();
        }
    }

    HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(origin.resolve(path)).header("Authorization", "Bearer sk-test-0000abcd");
    }

    Reply edit(Form form, String... headers) throws IOException, InterruptedException {
        return send(editRequest(form, headers));
    }

    HttpRequest editRequest(Form form, String... headers) {
        HttpRequest.Builder request = request("/v1/images/edits")
                .header("Content-Type", "multipart/form-data; boundary=" + Form.BOUNDARY)
                .POST(BodyPublishers.ofByteArray(form.bytes()));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return request.build();
    }

    Reply postJson(String path, String body, String... headers) throws IOException, InterruptedException {
        HttpRequest.Builder request = request(path).header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return send(request.build());
    }

    Reply get(String path) throws IOException, InterruptedException {
        return send(request(path).GET().build());
    }

    Reply delete(String path) throws IOException, InterruptedException {
        return send(request(path).DELETE().build());
    }

    Reply send(HttpRequest request) throws IOException, InterruptedException {
        HttpResponse<byte[]> response = http.send(request, BodyHandlers.ofByteArray());
        boolean isJson = response.headers().firstValue("content-type").orElse("").startsWith("application/json");
        return new Reply(response.statusCode(), response, isJson ? json.readTree(response.body()) : json.nullNode());
    }

    /** The events of a stream, in order. */
    List<Map.Entry<String, JsonNode>> events(Reply reply) throws IOException {
        List<Map.Entry<String, JsonNode>> events = new ArrayList<>();
        for (String block : new String(reply.raw().body(), java.nio.charset.StandardCharsets.UTF_8).split("\n\n", -1)) {
            List<String> lines = Arrays.asList(block.split("\n", 2));
            if (lines.size() == 2) {
                events.add(Map.entry(lines.get(0).substring("event: ".length()),
                        json.readTree(lines.get(1).substring("data: ".length()))));
            }
        }
        return events;
    }

    HttpClient http() {
        return http;
    }

    @Override
    public void close() {
        http.close();
    }
}
