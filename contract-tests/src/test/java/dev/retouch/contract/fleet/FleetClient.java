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
 * A client that edits until the load ends: with base64, with links, as tasks, and as streams, each with and without an idempotency key. It
 * repeats a request only under its idempotency key. Each edit has a different prompt, by which it is found in the provider's journal.
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

    /** How an edit is requested; the prompt of an edit begins with it. */
    enum Kind {
        BASE64, LINKS, TASK, STREAM, KEYED_BASE64, KEYED_LINKS, KEYED_TASK, KEYED_STREAM;

        static Kind of(String prompt) {
            return valueOf(prompt.substring(0, prompt.indexOf('-')));
        }

        boolean isKeyed() {
            return name().startsWith("KEYED");
        }

        /** Whether it fails while the object store is away. */
        boolean isStored() {
            return isKeyed() || this == LINKS;
        }

        private boolean isTask() {
            return this == TASK || this == KEYED_TASK;
        }

        private boolean isStream() {
            return this == STREAM || this == KEYED_STREAM;
        }

        private Form form(String prompt) {
            if (isStream()) {
                return Form.empty().text("model", "gpt-image-1").text("size", "1024x1024").text("quality", "low")
                        .text("prompt", prompt).text("stream", "true")
                        .file("image", "image.png", "image/png", Fixtures.image());
            }
            boolean links = this == LINKS || this == KEYED_LINKS;
            return CheapEdit.form(prompt).text("response_format", links ? "url" : "b64_json");
        }
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
        int last = 0;
        do {
            last += load.continues() ? 0 : 1;
            try {
                HttpResponse<String> response = send(gateway, key.secret(), prompt);
                if (response.statusCode() == 200 && isComplete(response, kind)) {
                    load.delivered(prompt, ReturnedImages.in(response.body()));
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
        } while (kind.isKeyed() && last < LAST_ATTEMPTS);
    }

    /** Whether the same request would get the same response. */
    private static boolean isFinal(HttpResponse<String> response) {
        boolean repeated = response.statusCode() == 200 || REPEATED.contains(response.statusCode());
        return !repeated || FINAL.stream().anyMatch(response.body()::contains);
    }

    private static boolean isComplete(HttpResponse<String> response, Kind kind) {
        return !kind.isStream() || response.body().contains("event: image_edit.completed");
    }

    /** Sends the edit of a prompt over a new connection, because a load balancer cannot move an open one. */
    static HttpResponse<String> send(URI gateway, String secret, String prompt)
            throws IOException, InterruptedException {
        Kind kind = Kind.of(prompt);
        Form form = kind.form(prompt);
        HttpRequest.Builder request = HttpRequest.newBuilder(gateway.resolve("/v1/images/edits"))
                .header("Authorization", "Bearer " + secret).header("Content-Type", form.contentType())
                .timeout(TIMEOUT).POST(BodyPublishers.ofByteArray(form.bytes()));
        if (kind.isTask()) {
            request.header("Prefer", "respond-async");
        }
        if (kind.isKeyed()) {
            request.header("Idempotency-Key", prompt);
        }
        try (HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
            HttpResponse<String> response = client.send(request.build(), BodyHandlers.ofString());
            client.shutdownNow();
            return response;
        }
    }
}
