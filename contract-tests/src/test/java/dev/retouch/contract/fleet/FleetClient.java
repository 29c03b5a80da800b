package dev.retouch.contract.fleet;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;

import com.fasterxml.jackson.databind.ObjectMapper;

import dev.retouch.contract.fleet.Load.ApiKey;
import dev.retouch.contract.harness.CheapEdit;
import dev.retouch.contract.harness.Fixtures;
import dev.retouch.contract.harness.Form;

/**
 * A client that edits until the load ends: plainly, under idempotency keys, as tasks, and as streams. It repeats a request only under its
 * idempotency key. Each edit has a different prompt, by which it is found in the provider's journal.
 */
final class FleetClient {

    static final Duration TIMEOUT = Duration.ofSeconds(12);
    private static final long PAUSE_NANOS = 250_000_000;
    private static final int LAST_ATTEMPTS = 3;
    private static final Set<Integer> REPEATED = Set.of(409, 429, 502, 503, 504);
    private static final List<String> FINAL = List.of("insufficient_quota", "outcome_unknown",
            "upstream_failed", "upstream_timeout");
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private final URI gateway;
    private final ApiKey key;
    private final Load load;
    private final Random random;

    FleetClient(URI gateway, ApiKey key, Load load, long seed) {
        this.gateway = gateway;
        this.key = key;
        this.load = load;
        this.random = new Random(seed);
    }

    private enum Kind {
        PLAIN, KEYED, TASK, KEYED_TASK, STREAM, KEYED_STREAM
    }

    void run() {
        while (load.continues()) {
            Kind kind = Kind.values()[random.nextInt(Kind.values().length)];
            try {
                edit(kind, load.prompt(key, kind.name()));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    private void edit(Kind kind, String prompt) throws InterruptedException {
        boolean keyed = kind.name().startsWith("KEYED");
        boolean stream = kind.name().endsWith("STREAM");
        boolean task = kind.name().endsWith("TASK");
        int last = 0;
        do {
            last += load.continues() ? 0 : 1;
            try {
                HttpResponse<String> response = send(gateway, key.secret(), prompt, stream,
                        headers(prompt, keyed, task));
                if (response.statusCode() == 200 && isComplete(response, stream)) {
                    load.delivered(prompt, keyed ? images(response.body()) : "");
                    return;
                }
                if (response.statusCode() == 202) {
                    load.submitted(prompt, key, MAPPER.readTree(response.body()).path("id").asText());
                    return;
                }
                load.refused(prompt, response);
                if (isFinal(response)) {
                    return;
                }
            } catch (IOException e) {
                load.broken();
            }
            LockSupport.parkNanos(PAUSE_NANOS); // as clients wait before they repeat a request
        } while (keyed && last < LAST_ATTEMPTS);
    }

    private static String[] headers(String prompt, boolean keyed, boolean task) {
        if (keyed && task) {
            return new String[]{"Idempotency-Key", prompt, "Prefer", "respond-async"};
        }
        return keyed
                ? new String[]{"Idempotency-Key", prompt}
                : task ? new String[]{"Prefer", "respond-async"} : new String[]{"Accept-Language", "en"};
    }

    /** Whether the same request would get the same response. */
    private static boolean isFinal(HttpResponse<String> response) {
        boolean repeated = response.statusCode() == 200 || REPEATED.contains(response.statusCode());
        return !repeated || FINAL.stream().anyMatch(response.body()::contains);
    }

    private static boolean isComplete(HttpResponse<String> response, boolean stream) {
        return !stream || response.body().contains("event: image_edit.completed");
    }

    /** What is the same in each response under an idempotency key: the images. */
    static String images(String body) {
        StringBuilder images = new StringBuilder();
        for (int at = body.indexOf("\"b64_json\""); at >= 0; at = body.indexOf("\"b64_json\"", at + 1)) {
            int begin = body.indexOf('"', body.indexOf(':', at)) + 1;
            images.append(body.substring(begin, body.indexOf('"', begin)).hashCode()).append(' ');
        }
        return images.toString();
    }

    /** Sends an edit over a new connection, because a load balancer cannot move an open one. */
    static HttpResponse<String> send(URI gateway, String secret, String prompt, boolean stream, String... headers)
            throws IOException, InterruptedException {
        Form form = stream
                ? Form.empty().text("model", "gpt-image-1").text("size", "1024x1024").text("quality", "low")
                        .text("prompt", prompt).text("stream", "true")
                        .file("image", "image.png", "image/png", Fixtures.image())
                : CheapEdit.form(prompt);
        try (HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
            HttpResponse<String> response = client.send(HttpRequest.newBuilder(gateway.resolve("/v1/images/edits"))
                    .header("Authorization", "Bearer " + secret).header("Content-Type", form.contentType())
                    .headers(headers).timeout(TIMEOUT).POST(BodyPublishers.ofByteArray(form.bytes())).build(),
                    BodyHandlers.ofString());
            client.shutdownNow();
            return response;
        }
    }
}
