package dev.retouch.server.app;

import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Numbers that overflow and paths in odd spellings are refused as what they are. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Tag("slow")
class OddRequestsTest {

    private static final String TOKEN = "token-of-16-chars";

    private final HttpClient http = HttpClient.newHttpClient();
    @TempDir
    private static Path dataDir;
    private StartedGateway gateway;

    @BeforeAll
    void start() throws IOException {
        gateway = StartedGateway.with(dataDir, "RETOUCH_ADMIN_TOKEN", TOKEN);
    }

    @AfterAll
    void stop() {
        gateway.close();
        http.close();
    }

    private HttpResponse<String> post(String path, String json) throws IOException, InterruptedException {
        return http.send(HttpRequest.newBuilder(gateway.gateway().address().resolve("/admin/v1/" + path))
                .header("Authorization", "Bearer " + TOKEN).header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(json)).build(), BodyHandlers.ofString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"9000000000", "-9000000000", "9223372036.854775807", "-9223372036.854775808"})
    void aBudgetThatOverflowsIsAMistakeInTheAmount(String amount) throws Exception {
        String group = "group-" + Integer.toHexString(amount.hashCode());
        assertThat(post("groups", "{\"name\": \"" + group + "\"}").statusCode()).isEqualTo(201);
        HttpResponse<String> last = post("groups/" + group + "/budget", "{\"amount\": \"" + amount + "\"}");
        for (int i = 0; i < 3 && last.statusCode() == 200; i++) {
            last = post("groups/" + group + "/budget", "{\"amount\": \"" + amount + "\"}");
        }
        assertThat(last.statusCode()).as(last.body()).isEqualTo(400);
        assertThat(last.body()).contains("\"param\":\"amount\"");
        assertThat(post("groups/" + group + "/budget", "{\"amount\": \"1\"}").statusCode()).as("still usable")
                .isIn(200, 400);
    }

    @ParameterizedTest
    @CsvSource({"-1, 400", "253402300800, 400", "9223372036854775807, 400", "253402300799, 201"})
    void aKeyExpiresInATimeThatExists(String expires, int status) throws Exception {
        HttpResponse<String> response = post("keys", "{\"group\": \"default\", \"expires_at\": " + expires + "}");
        if (response.statusCode() == 404 || response.body().contains("no group")) {
            post("groups", "{\"name\": \"default\"}");
            response = post("keys", "{\"group\": \"default\", \"expires_at\": " + expires + "}");
        }
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/files/..", "/files/../", "/v1/../docs", "/./docs", "/docs/../openapi.json", "/d%6fcs",
            "/examples/../docs", "//docs"})
    void onlyCanonicalPathsLeadToPages(String path) throws IOException {
        assertThat(gateway.send("GET " + path + " HTTP/1.1", "Host: 127.0.0.1")).as(path)
                .containsPattern("^HTTP/1.1 40[04]");
    }

    @Test
    void aConnectIsRefused() throws IOException {
        try (Socket client = gateway.connect()) {
            client.getOutputStream().write("CONNECT example.com:443 HTTP/1.1\r\nHost: example.com:443\r\n\r\n"
                    .getBytes(StandardCharsets.US_ASCII));
            assertThat(StartedGateway.rest(client)).as("until the connection is closed").startsWith("HTTP/1.1 400");
        }
    }
}
