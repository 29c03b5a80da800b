package dev.retouch.server.app;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.Base64;

import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.retouch.mock.MockUpstream;
import dev.retouch.server.fixture.Pictures;

import static org.assertj.core.api.Assertions.assertThat;

/** What protects disk, sandbox and moderation of a gateway. */
@Tag("slow")
class GuardsTest {

    private static final String TOKEN = "token-of-16-chars";
    private static final String INLINE = "data:image/png;base64,"
            + Base64.getEncoder().encodeToString(Pictures.png(64, 48));

    private final HttpClient http = HttpClient.newHttpClient();
    @TempDir
    private Path dataDir = Path.of(".");

    private HttpResponse<String> post(URI address, String key, String json) throws IOException, InterruptedException {
        return http.send(HttpRequest.newBuilder(address).header("Authorization", "Bearer " + key)
                .header("Content-Type", "application/json").POST(BodyPublishers.ofString(json)).build(),
                BodyHandlers.ofString());
    }

    private HttpResponse<String> edit(StartedGateway gateway, String key, String image)
            throws IOException, InterruptedException {
        return post(gateway.gateway().address().resolve("/v1/images/edits"), key,
                "{\"prompt\": \"p\", \"images\": [{\"image_url\": \"" + image + "\"}]}");
    }

    @Test
    void aNearlyFullDiskRejectsEdits() throws Exception {
        try (StartedGateway gateway = StartedGateway.with(dataDir, "RETOUCH_HTTP_MIN_FREE_SPACE", "8000000GB")) {
            HttpResponse<String> response = edit(gateway, gateway.sandboxKey(), INLINE);
            assertThat(response.statusCode()).isEqualTo(503);
            assertThat(response.body()).contains("server_overloaded");
            assertThat(gateway.send("GET /v1/models HTTP/1.1", "Host: 127.0.0.1",
                    "Authorization: Bearer " + gateway.sandboxKey())).startsWith("HTTP/1.1 200");
        }
    }

    @Test
    void theSandboxIsForItsGatewayOnly() throws Exception {
        try (StartedGateway gateway = StartedGateway.with(dataDir)) {
            MockUpstream sandbox = gateway.gateway().sandbox().orElseThrow();
            URI journal = URI.create(sandbox.origin() + "/mock/journal");
            assertThat(http.send(HttpRequest.newBuilder(journal).build(), BodyHandlers.ofString()).statusCode())
                    .isEqualTo(401);
            assertThat(post(URI.create(sandbox.origin() + "/mock/scenarios"), "sandbox", "{}").statusCode())
                    .isEqualTo(401);
            assertThat(post(URI.create(sandbox.baseUrl() + "/images/edits"), "sandbox", "{}").statusCode())
                    .isEqualTo(401);
            assertThat(edit(gateway, gateway.sandboxKey(), INLINE).statusCode()).isEqualTo(200);
        }
    }

    /** Without fetching, the refusal of the URL shows that the gateway would have fetched it. */
    @Test
    void imagesThatModerationMustSeeAreNotLeftToTheUpstream() throws Exception {
        try (StartedGateway gateway = StartedGateway.with(dataDir, "RETOUCH_ADMIN_TOKEN", TOKEN,
                "RETOUCH_EDITS_IMAGE_URLS", "forward", "RETOUCH_FETCH_ENABLED", "false")) {
            for (String mode : new String[]{"off", "block"}) {
                URI admin = gateway.gateway().address().resolve("/admin/v1/");
                assertThat(post(admin.resolve("groups"), TOKEN,
                        "{\"name\": \"g-" + mode + "\", \"moderation\": {\"mode\": \"" + mode + "\"}}").statusCode())
                        .isEqualTo(201);
                String secret = new ObjectMapper()
                        .readTree(post(admin.resolve("keys"), TOKEN, "{\"group\": \"g-" + mode + "\"}").body())
                        .path("secret").asText();
                String body = edit(gateway, secret, "https://images.example.com/a.png").body();
                if (mode.equals("block")) {
                    assertThat(body).contains("does not fetch images");
                } else {
                    assertThat(body).doesNotContain("does not fetch images");
                }
            }
        }
    }
}
