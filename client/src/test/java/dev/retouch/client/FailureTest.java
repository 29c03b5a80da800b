package dev.retouch.client;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.retouch.client.model.ErrorCode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/** Whatever goes wrong is one exception that says what, and whether to try again. */
class FailureTest {

    private static final ImageEdit EDIT = ImageEdit.ofUrls("https://example.org/a.png").prompt("p");

    private final RecordingGateway gateway;
    private final RetouchClient retouch;

    FailureTest() throws IOException {
        this.gateway = new RecordingGateway();
        this.retouch = gateway.client();
    }

    @AfterEach
    void close() {
        retouch.close();
        gateway.close();
    }

    @Test
    void theEnvelopeAndItsHeadersAreRead() {
        gateway.replies(429, "application/json", envelope("Too fast.", "rate_limit_error", "n", "rate_limit_exceeded"),
                "x-request-id", "req_1", "retry-after", "3", "x-should-retry", "true");
        RetouchException failure = failure(EDIT);

        assertThat(failure).hasMessage("Too fast.");
        assertThat(failure.status()).isEqualTo(429);
        assertThat(failure.type()).contains("rate_limit_error");
        assertThat(failure.param()).contains("n");
        assertThat(failure.code()).contains(ErrorCode.RATE_LIMIT_EXCEEDED);
        assertThat(failure.requestId()).contains("req_1");
        assertThat(failure.shouldRetry()).isTrue();
        assertThat(failure.retryAfter()).contains(Duration.ofSeconds(3));
    }

    @Test
    void theGatewaysWordOnRetryingBeatsTheCode() {
        gateway.replies(503, "application/json", envelope("Busy.", "upstream_error", null, "upstream_overloaded"),
                "x-should-retry", "false", "retry-after-ms", "1500");
        RetouchException failure = failure(EDIT);

        assertThat(failure.shouldRetry()).isFalse();
        assertThat(failure.retryAfter()).contains(Duration.ofMillis(1500));
    }

    @Test
    void aWrongKeyIsToldWithItsMessage() {
        String body = envelope("Incorrect API key provided.", "invalid_request_error", null, "invalid_api_key");
        gateway.replies(401, "application/json", body, "www-authenticate", "Bearer");

        assertThat(failure(EDIT)).hasMessage("Incorrect API key provided.");
    }

    @Test
    void codesNewerThanThisClientAreKeptAsText() {
        gateway.replies(400, "application/json", envelope("No.", "new_error", null, "code_from_the_future"));
        RetouchException failure = failure(EDIT);

        assertThat(failure.code()).isEmpty();
        assertThat(failure.codeText()).contains("code_from_the_future");
        assertThat(failure.shouldRetry()).isFalse();
    }

    @Test
    void answersOfProxiesWithoutAnEnvelopeAreQuoted() {
        gateway.replies(502, "text/html", "<html>Bad gateway</html>").replies(503, "text/plain", "")
                .replies(413, "application/json", "[1]");

        assertThat(failure(EDIT)).hasMessage("HTTP status 502: <html>Bad gateway</html>");
        RetouchException empty = failure(EDIT);
        assertThat(empty).hasMessage("HTTP status 503 with an empty body");
        assertThat(empty.shouldRetry()).isTrue();
        assertThat(failure(EDIT)).hasMessage("HTTP status 413: [1]");
    }

    @Test
    void redirectsAreNotFollowedWithTheKey() throws IOException {
        try (RecordingGateway elsewhere = new RecordingGateway()) {
            gateway.replies(307, "text/plain", "", "Location", elsewhere.url() + "/v1/images/edits").replies(302,
                    "text/plain", "", "Location", elsewhere.url() + "/v1/models");

            assertThat(failure(EDIT).status()).isEqualTo(307);
            assertThat(catchThrowableOfType(RetouchException.class, retouch::models).status()).isEqualTo(302);
            assertThat(elsewhere.received()).isEmpty();
        }
    }

    @Test
    void nothingIsRepeatedBehindTheCallersBack() {
        gateway.replies(503, "text/plain", "", "retry-after", "0").repliesJson("{\"object\":\"list\",\"data\":[]}");

        assertThat(catchThrowableOfType(RetouchException.class, retouch::models).status()).isEqualTo(503);
        assertThat(gateway.received()).hasSize(1);
    }

    @Test
    void brokenSuccessesAreFailures() {
        gateway.repliesJson("{\"created\":1,\"da").replies(exchange -> {}).repliesJson("\"not an object\"");

        assertThat(failure(EDIT)).hasMessageStartingWith("The gateway's response could not be read")
                .returns(200, RetouchException::status);
        assertThat(failure(EDIT)).hasMessageContaining("the edit may have run")
                .returns(0, RetouchException::status).returns(false, RetouchException::shouldRetry);
        assertThat(failure(EDIT)).hasMessageStartingWith("The gateway's response could not be read");
    }

    @Test
    void anUnreachableGatewayIsWorthAnotherTry() throws IOException {
        try (RetouchClient nobody = RetouchClient.at("http://127.0.0.1:1").withKey("k")) {
            RetouchException failure = catchThrowableOfType(RetouchException.class, () -> nobody.edit(EDIT));

            assertThat(failure).hasMessageStartingWith("The gateway could not be reached");
            assertThat(failure.shouldRetry()).isTrue();
        }
    }

    @Test
    void aSilentGatewayIsGivenUp() throws IOException {
        try (ServerSocket silent = new ServerSocket(0);
                RetouchClient waiting = RetouchClient.at("http://127.0.0.1:" + silent.getLocalPort())
                        .readTimeout(Duration.ofMillis(50)).withKey("k")) {
            RetouchException failure = catchThrowableOfType(RetouchException.class, () -> waiting.edit(EDIT));

            assertThat(failure).hasMessageContaining("the edit may have run");
            assertThat(failure.shouldRetry()).isFalse();
        }
    }

    @Test
    void aLargeUploadThatIsRefusedBeforeItIsReadStillSaysWhy(@TempDir Path directory) throws Exception {
        Path image = SparseFiles.make(directory.resolve("large.png"), 48L * 1024 * 1024);
        String body = envelope("Incorrect API key provided.", "invalid_request_error", null, "invalid_api_key");
        try (ServerSocket hasty = new ServerSocket(0);
                RetouchClient client = RetouchClient.at("http://127.0.0.1:" + hasty.getLocalPort()).withKey("wrong")) {
            Thread refusing = new Thread(() -> refuseUnread(hasty, body));
            refusing.start();

            RetouchException failure = catchThrowableOfType(RetouchException.class,
                    () -> client.edit(ImageEdit.of(image).prompt("p")));
            refusing.join();
            assertThat(failure).hasMessage("Incorrect API key provided.");
        }
    }

    @Test
    void whatIsWorthRetryingIsWhatTheContractSays() throws IOException {
        Map<String, Boolean> contract = new TreeMap<>();
        Map<String, Boolean> client = new TreeMap<>();
        try (InputStream document = FailureTest.class.getResourceAsStream("/dev/retouch/contract/openapi.yaml")) {
            JsonNode errors = new YAMLMapper().readTree(document).at("/components/schemas/ErrorCode/x-errors");
            errors.properties().forEach(error -> {
                JsonNode rule = error.getValue();
                contract.put(error.getKey(), rule.path("retry").asBoolean());
                gateway.replies(rule.path("status").asInt(), "application/json",
                        envelope("m", rule.path("type").asText(), null, error.getKey()));
                client.put(error.getKey(), failure(EDIT).shouldRetry());
            });
        }
        assertThat(contract).isNotEmpty();
        assertThat(client).isEqualTo(contract);
    }

    private RetouchException failure(ImageEdit edit) {
        return catchThrowableOfType(RetouchException.class, () -> retouch.edit(edit));
    }

    private static void refuseUnread(ServerSocket hasty, String body) {
        try (Socket connection = hasty.accept()) {
            InputStream request = connection.getInputStream();
            StringBuilder head = new StringBuilder();
            while (head.indexOf("\r\n\r\n") < 0) {
                head.append((char) request.read());
            }
            connection.getOutputStream().write(("HTTP/1.1 401 Unauthorized\r\nContent-Type: application/json\r\n"
                    + "Connection: close\r\nContent-Length: " + body.length() + "\r\n\r\n" + body)
                    .getBytes(StandardCharsets.UTF_8));
        } catch (IOException gone) {
            throw new UncheckedIOException(gone);
        }
    }

    private static String envelope(String message, String type, @Nullable String param,
            String code) {
        String quoted = param == null ? "null" : "\"" + param + "\"";
        return "{\"error\":{\"message\":\"" + message + "\",\"type\":\"" + type + "\",\"param\":" + quoted
                + ",\"code\":\"" + code + "\"}}";
    }
}
