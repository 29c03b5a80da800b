package dev.retouch.server.upstream.kind;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import dev.retouch.mock.journal.Journal;
import dev.retouch.server.app.Gateway;
import dev.retouch.server.config.ConfigurationLoader;
import dev.retouch.server.fixture.Eventually;
import dev.retouch.server.fixture.Pictures;

import static org.assertj.core.api.Assertions.assertThat;

/** A gateway in front of the upstreams of a file, with one client. */
final class KindGateway implements AutoCloseable {

    private static final String ADMIN_TOKEN = "kinds-admin-token-0123";

    private final HttpClient http = HttpClient.newHttpClient();
    private final ObjectMapper mapper = new ObjectMapper();
    private final Gateway gateway;
    private String key;

    /** Starts a gateway with an upstreams file, and pairs of variable and value. */
    KindGateway(Path folder, String upstreams, String... settings) throws IOException {
        Path file = Files.writeString(folder.resolve("upstreams.yaml"), upstreams);
        Map<String, String> environment = new HashMap<>(Map.of("RETOUCH_PORT", "0", "RETOUCH_DATA_DIR",
                folder.resolve("data").toString(), "RETOUCH_ADMIN_TOKEN", ADMIN_TOKEN, "RETOUCH_UPSTREAMS_FILE",
                file.toString(), "RETOUCH_SANDBOX_ENABLED", "false", "RETOUCH_FETCH_UNGUARDED_HOSTS", "127.0.0.1",
                "VENDOR_KEY", ScriptedVendor.KEY));
        for (int i = 0; i < settings.length; i += 2) {
            environment.put(settings[i], settings[i + 1]);
        }
        gateway = Gateway.start(new ConfigurationLoader(environment).load(Optional.empty()), environment,
                Clock.systemUTC());
        administer("groups", "{\"name\":\"team\"}");
        key = administer("keys", "{\"group\":\"team\"}").path("secret").asText();
    }

    /** An edit as a client sends it. */
    static final class Edit {

        private final List<String[]> fields = new ArrayList<>();
        private final List<byte[]> images = new ArrayList<>();
        private byte[] mask = new byte[0];

        Edit(String model) {
            with("model", model);
            with("prompt", "a \"red\" balloon 红气球");
        }

        Edit with(String name, String value) {
            fields.add(new String[]{name, value});
            return this;
        }

        Edit image(byte[] image) {
            images.add(image);
            return this;
        }

        Edit image() {
            return image(Pictures.png(64, 64));
        }

        Edit mask() {
            return mask(Pictures.transparentPng(64, 64));
        }

        Edit mask(byte[] png) {
            mask = png;
            return this;
        }

        byte[] body() {
            ByteArrayOutputStream body = new ByteArrayOutputStream();
            fields.forEach(field -> part(body, "name=\"" + field[0] + "\"", field[1].getBytes(StandardCharsets.UTF_8)));
            images.forEach(image -> part(body, "name=\"image[]\"; filename=\"a\"", image));
            if (mask.length > 0) {
                part(body, "name=\"mask\"; filename=\"m.png\"", mask);
            }
            body.writeBytes("--b--\r\n".getBytes(StandardCharsets.US_ASCII));
            return body.toByteArray();
        }

        private static void part(ByteArrayOutputStream body, String name, byte[] value) {
            body.writeBytes(("--b\r\nContent-Disposition: form-data; " + name + "\r\n\r\n")
                    .getBytes(StandardCharsets.UTF_8));
            body.writeBytes(value);
            body.writeBytes("\r\n".getBytes(StandardCharsets.US_ASCII));
        }
    }

    /** From now on the client is one of a new group that uses this upstream only. */
    void useOnly(String upstream) {
        useGroup(upstream, "\"upstreams\":[\"" + upstream + "\"]");
    }

    /** From now on the client is one of a new group with these members of its document. */
    void useGroup(String name, String members) {
        administer("groups", "{\"name\":\"" + name + "\"," + members + "}");
        key = administer("keys", "{\"group\":\"" + name + "\"}").path("secret").asText();
    }

    private HttpRequest request(Edit edit, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(gateway.address().resolve("/v1/images/edits"))
                .header("Authorization", "Bearer " + key).header("Content-Type", "multipart/form-data; boundary=b")
                .POST(BodyPublishers.ofByteArray(edit.body()));
        return headers.length == 0 ? request.build() : request.headers(headers).build();
    }

    /** Runs an edit as a task, and returns its result. */
    JsonNode asTask(Edit edit) {
        HttpResponse<String> accepted = http
                .sendAsync(request(edit, "Prefer", "respond-async"), BodyHandlers.ofString())
                .join();
        assertThat(accepted.statusCode()).as(accepted.body()).isEqualTo(202);
        String task = "/v1/tasks/" + parsed(accepted).path("id").asText();
        Eventually.so("the task has ended",
                () -> !List.of("queued", "running").contains(parsed(get(task)).path("status").asText()));
        return parsed(get(task));
    }

    HttpResponse<String> get(String path) {
        return http.sendAsync(HttpRequest.newBuilder(gateway.address().resolve(path))
                .header("Authorization", "Bearer " + key).build(), BodyHandlers.ofString()).join();
    }

    /** The bytes behind a link of a response. */
    byte[] file(String url) {
        return http.sendAsync(HttpRequest.newBuilder(gateway.address().resolve(url)).build(),
                BodyHandlers.ofByteArray()).join().body();
    }

    HttpResponse<String> send(Edit edit, String... headers) {
        return http.sendAsync(request(edit, headers), BodyHandlers.ofString()).join();
    }

    /** The secret of the client's API key. */
    String key() {
        return key;
    }

    /** From now on the client has this API key. */
    void useKey(String secret) {
        key = secret;
    }

    /** From now on the client has the sandbox key. */
    void useSandboxKey() {
        key = gateway.sandboxKey().orElseThrow().value();
    }

    /** The journal of the sandbox. */
    Journal sandboxJournal() {
        return gateway.sandbox().orElseThrow().journal();
    }

    CompletableFuture<HttpResponse<String>> sendLater(Edit edit) {
        return http.sendAsync(request(edit), BodyHandlers.ofString());
    }

    JsonNode parsed(HttpResponse<String> response) {
        try {
            return mapper.readTree(response.body());
        } catch (IOException e) {
            throw new AssertionError(response.body(), e);
        }
    }

    /** The edit of a response as the ledger has it. */
    JsonNode ledger(HttpResponse<String> response) {
        return admin("edits/" + header(response, "x-request-id"));
    }

    JsonNode admin(String path) {
        HttpResponse<String> response = http.sendAsync(
                HttpRequest.newBuilder(gateway.address().resolve("/admin/v1/" + path))
                        .header("Authorization", "Bearer " + ADMIN_TOKEN).build(),
                BodyHandlers.ofString()).join();
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return parsed(response);
    }

    /** Posts a document as the administrator. */
    HttpResponse<String> create(String path, String document) {
        return http.sendAsync(
                HttpRequest.newBuilder(gateway.address().resolve("/admin/v1/" + path))
                        .header("Authorization", "Bearer " + ADMIN_TOKEN).header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofString(document)).build(),
                BodyHandlers.ofString()).join();
    }

    private JsonNode administer(String path, String document) {
        HttpResponse<String> response = create(path, document);
        assertThat(response.statusCode()).as(response.body()).isBetween(200, 299);
        return parsed(response);
    }

    static String header(HttpResponse<String> response, String name) {
        return response.headers().firstValue(name).orElse("");
    }

    /** The error code of a response. */
    String code(HttpResponse<String> response) {
        return parsed(response).path("error").path("code").asText();
    }

    @Override
    public void close() {
        gateway.close();
        // buffers that were being sent are released a moment after the end of their edit
        Eventually.so("no image memory is in use", () -> gateway.imageMemoryInUse() == 0);
    }
}
