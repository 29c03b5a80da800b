package dev.retouch.mock;

import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.HexFormat;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.retouch.mock.Caller.Reply;

import static org.assertj.core.api.Assertions.assertThat;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OtherEndpointsTest {

    private final MockUpstream mock = MockUpstream.start();
    private final Caller caller = new Caller(mock);

    @AfterAll
    void stop() {
        caller.close();
        mock.close();
    }

    @Test
    void modelsAreListedAndFound() throws Exception {
        Reply list = caller.get("/v1/models");

        assertThat(list.json().path("object").asText()).isEqualTo("list");
        assertThat(list.json().findValuesAsText("id")).contains("dall-e-2", "gpt-image-1.5", "gpt-image-2",
                "chatgpt-image-latest");
        assertThat(caller.get("/v1/models/gpt-image-2").json().path("object").asText()).isEqualTo("model");
        Reply missing = caller.get("/v1/models/x");
        assertThat(missing.status()).isEqualTo(404);
        assertThat(missing.message()).isEqualTo("The model `x` does not exist");
    }

    @Test
    void answersCarryTheHeadersThatClientsRead() throws Exception {
        Reply reply = caller.get("/v1/models");

        assertThat(reply.header("x-request-id")).startsWith("req_");
        assertThat(reply.header("openai-processing-ms")).matches("\\d+");
        assertThat(reply.header("openai-version")).isEqualTo("2020-10-01");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            "all is well"                                                        | false
            "please Flag-Me now"                                                 | true
            [{"type":"text","text":"ok"},{"type":"text","text":"flag-me"}]       | true
            [{"type":"image_url","image_url":{"url":"https://example.com/a"}}]   | false
            """)
    void theMarkerIsFlagged(String input, boolean flagged) throws Exception {
        Reply reply = caller.postJson("/v1/moderations", "{\"input\":" + input + "}");

        assertThat(reply.json().path("id").asText()).startsWith("modr-");
        assertThat(reply.json().path("results")).hasSize(1);
        assertThat(reply.json().at("/results/0/flagged").asBoolean()).isEqualTo(flagged);
        assertThat(reply.json().at("/results/0/categories/violence").asBoolean()).isEqualTo(flagged);
        assertThat(reply.json().at("/results/0/category_scores/violence").asDouble() > 0.5).isEqualTo(flagged);
    }

    @Test
    void everyStringOfAnArrayHasItsVerdict() throws Exception {
        Reply reply = caller.postJson("/v1/moderations", "{\"input\":[\"a\",\"flag-me\"]}");

        assertThat(reply.json().path("results").findValuesAsText("flagged")).containsExactly("false", "true");
    }

    @Test
    void anImageIsFlaggedByItsDigest() throws Exception {
        byte[] png = TestImages.photoPng(8, 8);
        String digest = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(png));
        String body = "{\"input\":[{\"type\":\"image_url\",\"image_url\":{\"url\":\"data:image/png;base64,"
                + Base64.getEncoder().encodeToString(png) + "\"}}]}";

        Reply told = caller.postJson("/v1/moderations", body, "x-mock-scenario",
                "flag; category=sexual; sha256=" + digest);
        Reply untold = caller.postJson("/v1/moderations", body);

        assertThat(told.json().at("/results/0/categories/sexual").asBoolean()).isTrue();
        assertThat(told.json().at("/results/0/category_applied_input_types/sexual/0").asText()).isEqualTo("image");
        assertThat(untold.json().at("/results/0/flagged").asBoolean()).isFalse();
    }

    /** Base64 is read in pieces; padding at the end of the last one is no padding in the middle. */
    @ParameterizedTest
    @ValueSource(ints = {24_574, 24_575, 24_576, 24_577})
    void anImageOfAnyLengthIsRead(int length) throws Exception {
        String body = "{\"input\":[{\"type\":\"image_url\",\"image_url\":{\"url\":\"data:image/png;base64,"
                + Base64.getEncoder().encodeToString(new byte[length]) + "\"}}]}";

        assertThat(caller.postJson("/v1/moderations", body).status()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "{\"input\":7}", "{\"input\":[]}", "{\"input\":\"x\",\"foo\":1}",
            "{\"input\":[{\"type\":\"audio\"}]}"})
    void moderationIsStrictToo(String body) throws Exception {
        assertThat(caller.postJson("/v1/moderations", body).status()).isEqualTo(400);
    }

    @Test
    void whatDoesNotExistIsSaidInTheEnvelope() throws Exception {
        assertThat(caller.get("/v1/nothing").code()).isEqualTo("unknown_url");
        assertThat(caller.get("/nothing").status()).isEqualTo(404);
        Reply wrongMethod = caller.get("/v1/images/edits");
        assertThat(wrongMethod.status()).isEqualTo(405);
        assertThat(wrongMethod.header("allow")).isEqualTo("POST");
        Reply wrongType = caller.send(caller.request("/v1/images/edits").header("Content-Type", "text/plain")
                .POST(BodyPublishers.ofString("hello")).build());
        assertThat(wrongType.status()).isEqualTo(415);
        assertThat(wrongType.message()).contains("multipart/form-data");
    }

    static Stream<String> malformedRequests() {
        return Stream.of("GARBAGE\r\n\r\n", "GET /%zz HTTP/1.1\r\nHost: x\r\n\r\n",
                post("multipart/form-data", 2, "{}"), post("multipart/form-data; boundary=b", 5, "--b\r\n"),
                post("application/json", 50, "{\"prompt\":"));
    }

    private static String post(String contentType, int length, String body) {
        return String.join("\r\n", "POST /v1/images/edits HTTP/1.1", "Host: x", "Authorization: Bearer k",
                "Content-Type: " + contentType, "Content-Length: " + length, "", body);
    }

    @ParameterizedTest
    @MethodSource("malformedRequests")
    void whatIsMalformedIsNeverAnsweredWithHtml(String request) throws Exception {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), mock.port())) {
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            socket.shutdownOutput();
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(answer).startsWith("HTTP/1.1 400").contains("{\"error\":{\"message\":").doesNotContain("<html")
                    .doesNotContain("Exception").doesNotContain("org.eclipse");
        }
    }

    @Test
    void itSaysWhatItIs() throws Exception {
        assertThat(new String(caller.get("/").raw().body(), StandardCharsets.UTF_8)).contains("mock upstream");
        assertThat(caller.get("/healthz").json().path("status").asText()).isEqualTo("ok");
        assertThat(mock.baseUrl().toString()).endsWith("/v1");
    }
}
