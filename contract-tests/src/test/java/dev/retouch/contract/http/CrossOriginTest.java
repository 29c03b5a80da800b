package dev.retouch.contract.http;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import org.junit.jupiter.api.Test;

import dev.retouch.contract.harness.CheapEdit;
import dev.retouch.contract.harness.Endpoint;
import dev.retouch.contract.harness.Form;
import dev.retouch.contract.harness.Gateways;
import dev.retouch.contract.harness.RawConnection;
import dev.retouch.contract.harness.Reply;
import dev.retouch.contract.harness.RunningGateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Web pages of other origins may call a gateway that allows it, and no other. */
class CrossOriginTest {

    private static final String PAGE = "https://app.example.com";

    CrossOriginTest() {
        Gateways.ownOnly();
    }

    @Test
    void offUnlessItIsSwitchedOn() {
        try (RunningGateway gateway = RunningGateway.start()) {
            assertThat(models(gateway.endpoint(), PAGE).header("access-control-allow-origin")).isEmpty();
            assertThat(preflight(gateway.endpoint(), PAGE).header("access-control-allow-origin")).isEmpty();
        }
    }

    @Test
    void onlyAllowedOriginsAndTheirErrors() {
        try (RunningGateway gateway = RunningGateway.start(Map.of("RETOUCH_CORS_ORIGINS",
                "http://localhost:3000, " + PAGE, "RETOUCH_CORS_MAX_AGE", "10m"))) {
            Endpoint endpoint = gateway.endpoint();
            Reply asked = preflight(endpoint, PAGE);
            assertThat(asked.status()).isEqualTo(200);
            assertThat(asked.header("access-control-allow-origin")).contains(PAGE);
            assertThat(asked.header("access-control-max-age")).contains("600");
            assertThat(list(asked, "access-control-allow-methods")).contains("post", "get", "delete");
            assertThat(list(asked, "access-control-allow-headers")).contains("authorization", "content-type",
                    "idempotency-key", "traceparent", "tracestate", "x-stainless-lang", "x-stainless-retry-count");

            Reply edited = edit(endpoint, PAGE, endpoint.key(), CheapEdit.form());
            assertThat(edited.status()).as(edited.beginning()).isEqualTo(200);
            assertAllowed(edited);
            assertAllowed(edit(endpoint, PAGE, "sk-wrong", CheapEdit.form()));
            assertAllowed(edit(endpoint, PAGE, endpoint.key(), Form.empty().text("prompt", "p")));
            Reply nowhere = RawConnection.exchange(endpoint, "GET /v1/nothing HTTP/1.1\r\nHost: x\r\nOrigin: "
                    + PAGE + "\r\n\r\n");
            assertThat(nowhere.status()).isEqualTo(404);
            assertAllowed(nowhere);

            for (String stranger : List.of("https://evil.example", "https://appXexample.com",
                    "https://app.example.com.evil.example")) {
                assertThat(models(endpoint, stranger).header("access-control-allow-origin")).isEmpty();
                assertThat(preflight(endpoint, stranger).header("access-control-allow-origin")).isEmpty();
            }
        }
    }

    @Test
    void everyOrigin() {
        try (RunningGateway gateway = RunningGateway.start(Map.of("RETOUCH_CORS_ORIGINS", "*"))) {
            assertThat(models(gateway.endpoint(), PAGE).header("access-control-allow-origin")).isPresent();
            assertThat(models(gateway.endpoint(), PAGE).header("access-control-allow-credentials")).isEmpty();
        }
    }

    @Test
    void invalidOriginPreventsTheStart() {
        assertThatThrownBy(() -> RunningGateway.start(Map.of("RETOUCH_CORS_ORIGINS", PAGE + "/page")))
                .hasMessageContaining("cors.origins").hasMessageContaining("is not an origin");
    }

    private static void assertAllowed(Reply reply) {
        assertThat(reply.header("access-control-allow-origin")).contains(PAGE);
        assertThat(reply.header("vary").orElse("").toLowerCase(Locale.ROOT)).contains("origin");
        assertThat(list(reply, "access-control-expose-headers")).contains("x-request-id", "retry-after",
                "openai-processing-ms", "x-should-retry", "x-retouch-cost");
    }

    private static List<String> list(Reply reply, String header) {
        return Arrays.stream(reply.header(header).orElse("").toLowerCase(Locale.ROOT).split(",")).map(String::strip)
                .toList();
    }

    /** What a browser asks before an edit: without a key. */
    private static Reply preflight(Endpoint endpoint, String origin) {
        return RawConnection.exchange(endpoint, "OPTIONS /v1/images/edits HTTP/1.1\r\nHost: x\r\nOrigin: " + origin
                + "\r\nAccess-Control-Request-Method: POST\r\n"
                + "Access-Control-Request-Headers: authorization,content-type\r\n\r\n");
    }

    private static Reply models(Endpoint endpoint, String origin) {
        return RawConnection.exchange(endpoint, "GET /v1/models HTTP/1.1\r\nHost: x\r\nOrigin: " + origin
                + "\r\nAuthorization: Bearer " + endpoint.key() + "\r\n\r\n");
    }

    private static Reply edit(Endpoint endpoint, String origin, String key, Form form) {
        return RawConnection.exchange(endpoint, RawConnection.head(endpoint, "Authorization: Bearer " + key,
                "Origin: " + origin, "Content-Type: " + form.contentType(), "Content-Length: " + form.bytes().length)
                + new String(form.bytes(), java.nio.charset.StandardCharsets.ISO_8859_1));
    }
}
