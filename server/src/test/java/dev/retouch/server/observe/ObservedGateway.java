package dev.retouch.server.observe;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import dev.retouch.mock.MockOptions;
import dev.retouch.mock.MockUpstream;
import dev.retouch.mock.scenario.Scenario;
import dev.retouch.server.app.Gateway;
import dev.retouch.server.config.ConfigurationLoader;
import dev.retouch.server.fixture.Eventually;
import dev.retouch.server.fixture.Pictures;

import static org.assertj.core.api.Assertions.assertThat;

/** A gateway in front of two mock upstreams, with an operator who creates groups and keys, and clients who edit. */
final class ObservedGateway implements AutoCloseable {

    static final String ADMIN_TOKEN = "observed-admin-token";
    static final String METRICS_TOKEN = "observed-metrics-token";
    /** What an edit of {@link #edit} costs. */
    static final double PRICE = 0.016;

    private static final String PROVIDER_KEY = "sk-provider-0123456789";
    private static final byte[] IMAGE = Pictures.transparentPng(256, 256);

    private final HttpClient http = HttpClient.newHttpClient();
    private final ObjectMapper mapper = new ObjectMapper();
    private final MockUpstream first;
    private final MockUpstream second;
    private final Gateway gateway;

    ObservedGateway(Path folder, Map<String, String> settings) throws IOException {
        first = MockUpstream.start(MockOptions.defaults().withKey(PROVIDER_KEY)
                .withFolder(Files.createDirectories(folder.resolve("first"))));
        second = MockUpstream
                .start(MockOptions.defaults().withKey(PROVIDER_KEY)
                        .withFolder(Files.createDirectories(folder.resolve("second"))));
        Path upstreams = Files.writeString(folder.resolve("upstreams.yaml"),
                "first:\n  url: %s\n  key-env: PROVIDER_KEY\nsecond:\n  url: %s\n  key-env: PROVIDER_KEY\n  priority: 2\n"
                        .formatted(first.baseUrl(), second.baseUrl()));
        Path rules = Files.writeString(folder.resolve("rules.yaml"), "words: [forbidden]\n");
        Map<String, String> environment = new HashMap<>(Map.of("RETOUCH_PORT", "0", "RETOUCH_DATA_DIR",
                folder.resolve("data").toString(), "RETOUCH_ADMIN_TOKEN", ADMIN_TOKEN, "RETOUCH_METRICS_TOKEN",
                METRICS_TOKEN, "RETOUCH_UPSTREAMS_FILE", upstreams.toString(), "RETOUCH_MODERATION_RULES_FILE",
                rules.toString(), "PROVIDER_KEY", PROVIDER_KEY));
        environment.putAll(settings);
        gateway = Gateway.start(new ConfigurationLoader(environment).load(Optional.empty()), environment,
                Clock.systemUTC());
    }

    MockUpstream first() {
        return first;
    }

    MockUpstream second() {
        return second;
    }

    /** Reads the files again, as SIGHUP does. */
    void reload() {
        gateway.reload();
    }

    /** The number of open clients of upstreams and moderation services. */
    int openConnections() {
        return gateway.openConnections();
    }

    URI address() {
        return gateway.address();
    }

    HttpResponse<String> send(HttpRequest request) {
        return http.sendAsync(request, BodyHandlers.ofString()).join();
    }

    HttpResponse<String> get(String path, String token) {
        return send(HttpRequest.newBuilder(gateway.address().resolve(path)).header("Authorization", "Bearer " + token)
                .build());
    }

    /** Sends a document as the operator and returns the document of the response. */
    JsonNode administer(String path, String document) {
        HttpResponse<String> response = send(HttpRequest.newBuilder(gateway.address().resolve("/admin/v1/" + path))
                .header("Authorization", "Bearer " + ADMIN_TOKEN).header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(document)).build());
        assertThat(response.statusCode()).as(response.body()).isBetween(200, 299);
        return parsed(response.body());
    }

    JsonNode parsed(String json) {
        try {
            return mapper.readTree(json);
        } catch (IOException e) {
            throw new AssertionError(json, e);
        }
    }

    /** Creates a group with these members and returns the secret of a new key. */
    String keyOfGroup(String name, String members) {
        administer("groups", "{\"name\": \"" + name + "\"" + (members.isEmpty() ? "" : ", " + members) + "}");
        return administer("keys", "{\"group\": \"" + name + "\"}").path("secret").asText();
    }

    /** A request for an edit that costs {@link #PRICE}. */
    HttpRequest.Builder request(String key, String prompt, String... headers) {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        field(body, "model", "dall-e-2");
        field(body, "size", "256x256");
        field(body, "prompt", prompt);
        file(body, "image");
        file(body, "mask");
        body.writeBytes("--b--\r\n".getBytes(StandardCharsets.US_ASCII));
        HttpRequest.Builder request = HttpRequest.newBuilder(gateway.address().resolve("/v1/images/edits"))
                .header("Authorization", "Bearer " + key).header("Content-Type", "multipart/form-data; boundary=b")
                .POST(BodyPublishers.ofByteArray(body.toByteArray()));
        return headers.length == 0 ? request : request.headers(headers);
    }

    HttpResponse<String> edit(String key, String prompt, String... headers) {
        return send(request(key, prompt, headers).build());
    }

    CompletableFuture<HttpResponse<String>> editLater(String key, String prompt) {
        return http.sendAsync(request(key, prompt).build(), BodyHandlers.ofString());
    }

    /** An edit by a model whose upstream reports tokens; its response is a stream. */
    HttpResponse<String> streamedEdit(String key, String prompt) {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        field(body, "model", "gpt-image-2");
        field(body, "size", "1024x1024");
        field(body, "quality", "low");
        field(body, "stream", "true");
        field(body, "prompt", prompt);
        file(body, "image");
        body.writeBytes("--b--\r\n".getBytes(StandardCharsets.US_ASCII));
        return send(HttpRequest.newBuilder(gateway.address().resolve("/v1/images/edits"))
                .header("Authorization", "Bearer " + key).header("Content-Type", "multipart/form-data; boundary=b")
                .POST(BodyPublishers.ofByteArray(body.toByteArray())).build());
    }

    private static void field(ByteArrayOutputStream body, String name, String value) {
        body.writeBytes(("--b\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" + value + "\r\n")
                .getBytes(StandardCharsets.UTF_8));
    }

    private static void file(ByteArrayOutputStream body, String name) {
        body.writeBytes(("--b\r\nContent-Disposition: form-data; name=\"" + name + "\"; filename=\"a.png\"\r\n\r\n")
                .getBytes(StandardCharsets.UTF_8));
        body.writeBytes(IMAGE);
        body.writeBytes("\r\n".getBytes(StandardCharsets.UTF_8));
    }

    /** The metrics, as Prometheus reads them. */
    Samples metrics() {
        HttpResponse<String> response = get("/metrics", METRICS_TOKEN);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return Samples.parse(response.body());
    }

    /** Waits until a metric has this value. */
    void awaitMetric(double value, String name, String... labels) {
        Eventually.so(name + String.join(",", labels) + " is " + value + " in\n" + metrics().of(name),
                () -> Math.abs(metrics().sum(name, labels) - value) < 1e-9);
    }

    /**
     * Runs edits that succeed, are refused at every step, fail, are replayed, run as tasks and wait in a queue, so that every metric has
     * a value.
     */
    void runEverything() throws InterruptedException {
        String key = keyOfGroup("team", "\"moderation\": {\"mode\": \"observe\"}");
        administer("groups/team/budget", "{\"amount\": \"100\"}");
        assertThat(edit(key, "a red balloon").statusCode()).isEqualTo(200);
        assertThat(streamedEdit(key, "a blue balloon").body()).contains("image_edit.completed");
        assertThat(edit(key, "a forbidden balloon").statusCode()).isEqualTo(200);
        assertThat(edit("sk-wrong", "a balloon").statusCode()).isEqualTo(401);

        String guarded = keyOfGroup("guarded", "\"moderation\": {\"mode\": \"block\"}");
        assertThat(edit(guarded, "a forbidden balloon").statusCode()).isEqualTo(400);
        String poor = keyOfGroup("poor", "");
        administer("groups/poor/budget", "{\"amount\": \"0.001\"}");
        assertThat(edit(poor, "a balloon").statusCode()).isEqualTo(429);

        // without moderation, whose requests would meet the fault
        String plain = keyOfGroup("plain", "");
        first.scenarios().next(Scenario.status(500));
        assertThat(edit(plain, "a balloon that fails").statusCode()).isEqualTo(502);

        assertThat(edit(key, "a balloon", "Idempotency-Key", "once").statusCode()).isEqualTo(200);
        assertThat(edit(key, "a balloon", "Idempotency-Key", "once").statusCode()).isEqualTo(200);
        HttpResponse<String> submitted = edit(key, "a balloon", "Prefer", "respond-async");
        assertThat(submitted.statusCode()).isEqualTo(202);
        String task = "/v1/tasks/" + parsed(submitted.body()).path("id").asText();
        Eventually.so("the task ends", () -> get(task, key).body().contains("\"succeeded\""));

        String narrow = keyOfGroup("narrow", "\"limits\": {\"concurrent_edits\": 1}");
        first.scenarios().next(Scenario.delay(Duration.ofMillis(1500)));
        CompletableFuture<HttpResponse<String>> running = editLater(narrow, "a slow balloon");
        Eventually.so("an edit runs", () -> metrics().sum("retouch_edits_in_flight") >= 1);
        CompletableFuture<HttpResponse<String>> waiting = editLater(narrow, "a waiting balloon");
        assertThat(running.join().statusCode()).isEqualTo(200);
        assertThat(waiting.join().statusCode()).isEqualTo(200);

        // last, because the first upstream is paused afterwards
        first.scenarios().next(Scenario.status(503));
        assertThat(edit(plain, "a balloon that fails over").statusCode()).isEqualTo(200);
    }

    @Override
    public void close() {
        gateway.close();
        Eventually.so("all image memory is released", () -> gateway.imageMemoryInUse() == 0);
        first.close();
        second.close();
        http.close();
    }
}
