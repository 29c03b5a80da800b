package dev.retouch.server.app;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.zip.GZIPOutputStream;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.retouch.mock.journal.JournalEntry;
import dev.retouch.server.config.ConfigurationLoader;
import dev.retouch.server.fixture.Eventually;
import dev.retouch.server.fixture.Pictures;

import static org.assertj.core.api.Assertions.assertThat;

/** Requests as programs in use write them, sent to a real gateway: accepted in their one form, or refused by name. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RequestsFromProgramsTest {

    private static final String EDITS = "/v1/images/edits";
    private static final byte[] PNG = Pictures.png(64, 48);
    private static final String URL = "data:image/png;base64," + Base64.getEncoder().encodeToString(PNG);
    private static final String HUGE = "data:image/png;base64," + "AAAA".repeat(600_000);

    private final HttpClient http = HttpClient.newHttpClient();
    @TempDir
    private static Path dataDir;
    private Gateway gateway;

    @BeforeAll
    void start() throws IOException {
        Map<String, String> environment = Map.of("RETOUCH_PORT", "0", "RETOUCH_DATA_DIR", dataDir.toString());
        gateway = Gateway.start(new ConfigurationLoader(environment).load(Optional.empty()), environment,
                Clock.systemUTC());
    }

    @AfterAll
    void stop() {
        gateway.close();
        Eventually.so("all image memory is released", () -> gateway.imageMemoryInUse() == 0);
        http.close();
    }

    private String key() {
        return gateway.sandboxKey().orElseThrow().value();
    }

    private JournalEntry lastSent() {
        return gateway.sandbox().orElseThrow().journal().last().orElseThrow();
    }

    private HttpResponse<String> send(String path, String type, byte[] body, String... headers)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(gateway.address().resolve(path))
                .header("Authorization", "Bearer " + key()).header("Content-Type", type)
                .POST(BodyPublishers.ofByteArray(body));
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        return http.send(request.build(), BodyHandlers.ofString());
    }

    private HttpResponse<String> json(String members) throws IOException, InterruptedException {
        return send(EDITS, "application/json",
                ("{\"prompt\": \"p\", " + members.replace("U", URL).replace("HUGE", HUGE) + "}")
                        .getBytes(StandardCharsets.UTF_8));
    }

    /** A form of parts, each written as {@code headers|value}; the first image is added. */
    private static byte[] form(Charset charset, String... parts) {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        for (String part : parts) {
            String[] halves = part.split("\\|", 2);
            body.writeBytes(("--b\r\nContent-Disposition: form-data; " + halves[0] + "\r\n\r\n")
                    .getBytes(StandardCharsets.UTF_8));
            body.writeBytes(halves[1].getBytes(charset));
            body.writeBytes("\r\n".getBytes(StandardCharsets.UTF_8));
        }
        body.writeBytes("--b\r\nContent-Disposition: form-data; name=\"image%5B%5D\"; filename=\"a.png\"\r\n\r\n"
                .getBytes(StandardCharsets.UTF_8));
        body.writeBytes(PNG);
        body.writeBytes("\r\n--b--\r\n".getBytes(StandardCharsets.UTF_8));
        return body.toByteArray();
    }

    private HttpResponse<String> form(String... parts) throws IOException, InterruptedException {
        return send(EDITS, "multipart/form-data; boundary=b", form(StandardCharsets.UTF_8, parts));
    }

    @Test
    void valuesAreTrimmedAndReachTheUpstreamInOneForm() throws Exception {
        HttpResponse<String> response = form("name=\"prompt\"|p", "name=\"size\"|1024x640 ",
                "name=\"model\"|gpt-image-2\r\n", "name=\"n\"| 2",
                "name=\"quality\"\r\nContent-Type: application/json|\"low\"");

        assertThat(response.body()).contains("b64_json");
        assertThat(lastSent().field("size")).hasValue("1024x640");
        assertThat(lastSent().field("model")).hasValue("gpt-image-2");
        assertThat(lastSent().field("n")).hasValue("2");
        assertThat(lastSent().field("quality")).hasValue("low");
    }

    @ParameterizedTest
    @CsvSource({"٣,invalid_type", "99999999999999999999,integer_above_max_value",
            "-99999999999999999999,integer_below_min_value",
            "1e1,invalid_type"})
    void numbersAreAsciiDigitsWithinTheRange(String number, String code) throws Exception {
        assertThat(form("name=\"prompt\"|p", "name=\"n\"|" + number).body()).contains("\"code\":\"" + code + "\"",
                "\"param\":\"n\"");
    }

    @Test
    void largeIntegersInJsonGetTheMessageOfTheRange() throws Exception {
        assertThat(json("\"image\": \"U\", \"n\": 99999999999999999999").body()).contains("\"param\":\"n\"",
                "Expected a value <= 10, but got 99999999999999999999 instead.");
    }

    @Test
    void textIsReadInItsCharset() throws Exception {
        byte[] latin = form(StandardCharsets.ISO_8859_1,
                "name=\"prompt\"\r\nContent-Type: text/plain; charset=ISO-8859-1|Größe");
        assertThat(send(EDITS, "multipart/form-data; boundary=b", latin).statusCode()).isEqualTo(200);
        assertThat(lastSent().field("prompt")).hasValue("Größe");

        byte[] undeclared = form(StandardCharsets.ISO_8859_1, "name=\"prompt\"|Größe");
        assertThat(send(EDITS, "multipart/form-data; boundary=b", undeclared).body()).contains("malformed_body",
                "the part 'prompt' is not UTF-8 text");
        assertThat(form("name=\"prompt\"\r\nContent-Type: text/plain; charset=klingon|p").body())
                .contains("malformed_body", "unknown charset");
    }

    @Test
    void partsInBase64AreDecodedAndOthersNamed() throws Exception {
        assertThat(form("name=\"prompt\"\r\nContent-Transfer-Encoding: base64|cm9zZQ==").statusCode()).isEqualTo(200);
        assertThat(lastSent().field("prompt")).hasValue("rose");
        assertThat(form("name=\"prompt\"\r\nContent-Transfer-Encoding: base64|!").body()).contains(
                "invalid_base64_image",
                "\"param\":\"prompt\"");
        assertThat(form("name=\"prompt\"\r\nContent-Transfer-Encoding: quoted-printable|p").body())
                .contains("malformed_body", "Content-Transfer-Encoding");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"images\": [\"U\"]", "\"image\": {\"url\": \"U\"}", "\"image_url\": \"U\"",
            "\"image_url\": {\"url\": \"U\"}", "\"image_url\": [\"U\", \"U\"]",
            "\"images\": [{\"image_url\": {\"url\": \"U\"}}]",
            "\"image[]\": [\"U\"]", "\"images\": \"U\""})
    void imagesAreAcceptedWhereProgramsPutThem(String members) throws Exception {
        HttpResponse<String> response = json(members);

        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        assertThat(lastSent().form()).anySatisfy(part -> assertThat(part.name()).startsWith("image"));
    }

    @Test
    void jsonIsReadInItsCharset() throws Exception {
        String json = "{\"prompt\": \"Größe\", \"image\": \"" + URL + "\"}";
        assertThat(send(EDITS, "application/json", json.getBytes(StandardCharsets.UTF_16LE)).statusCode())
                .isEqualTo(200);
        assertThat(lastSent().field("prompt")).hasValue("Größe");
    }

    /** The same answer to a small and to a large document. */
    @ParameterizedTest
    @ValueSource(strings = {"\"image_urls\": \"V\"", "\"images\": [{\"b64_json\": \"V\"}]",
            "\"images\": [{\"file_id\": \"V\"}]",
            "\"image\": \"U\", \"picture\": \"V\"", "\"images\": [[\"V\"]]", "\"mask\": [\"V\"], \"image\": \"U\""})
    void whatIsRefusedIsRefusedAtAnySize(String members) throws Exception {
        HttpResponse<String> small = json(members.replace("V", "data:,AAAA"));
        HttpResponse<String> large = json(members.replace("V", "HUGE"));

        assertThat(small.statusCode()).isEqualTo(400);
        assertThat(large.body()).isEqualTo(small.body());
    }

    @Test
    void aFileUnderAnUnknownNameIsRefusedByNameAtAnySize() throws Exception {
        String small = form("name=\"prompt\"|p", "name=\"picture\"; filename=\"a.png\"|x").body();
        String large = form("name=\"prompt\"|p", "name=\"picture\"; filename=\"a.png\"|" + "x".repeat(2 << 20)).body();

        assertThat(small).contains("Unknown parameter: 'picture'.");
        assertThat(large).isEqualTo(small);
    }

    private static byte[] gzip(byte[] plain) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (OutputStream out = new GZIPOutputStream(packed)) {
            out.write(plain);
        }
        return packed.toByteArray();
    }

    @Test
    void gzipIsDecoded() throws Exception {
        byte[] json = ("{\"prompt\": \"p\", \"image\": \"" + URL + "\"}").getBytes(StandardCharsets.UTF_8);
        byte[] packed = gzip(json);

        assertThat(send(EDITS, "application/json", packed, "Content-Encoding", "gzip").statusCode()).isEqualTo(200);
        assertThat(
                send(EDITS, "multipart/form-data; boundary=b", gzip(form(StandardCharsets.UTF_8, "name=\"prompt\"|p")),
                        "Content-Encoding", "GZIP").statusCode())
                .isEqualTo(200);
        assertThat(send(EDITS, "application/json", json, "Content-Encoding", "identity").statusCode()).isEqualTo(200);
        for (byte[] damaged : new byte[][]{json, java.util.Arrays.copyOf(packed, packed.length / 2), {}}) {
            assertThat(send(EDITS, "application/json", damaged, "Content-Encoding", "gzip").body())
                    .contains("malformed_request", "gzip data is damaged or cut off");
        }
    }

    @Test
    void aBombEndsAtTheLimit() throws Exception {
        byte[] bomb = gzip(("{\"prompt\": \"" + "x".repeat(64 << 20) + "\"}").getBytes(StandardCharsets.US_ASCII));

        assertThat(bomb).hasSizeLessThan(1 << 20);
        assertThat(send(EDITS, "application/json", bomb, "Content-Encoding", "gzip").statusCode()).isEqualTo(413);
    }

    @ParameterizedTest
    @ValueSource(strings = {"zstd", "br", "deflate", "gzip, gzip"})
    void otherEncodingsAreNamed(String encoding) throws Exception {
        HttpResponse<String> response = send(EDITS, "application/json", new byte[]{1}, "Content-Encoding", encoding);

        assertThat(response.statusCode()).isEqualTo(415);
        assertThat(response.body()).contains("unsupported_media_type", "'" + encoding + "'");
        assertThat(response.headers().firstValue("accept-encoding")).hasValue("gzip");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/images/edits", "/v1/v1/images/edits", "/api/v1/images/edits", "/v1/images/edits/",
            "/openai/deployments/gpt-image-1/images/edits?api-version=2025-04-01-preview"})
    void wrongBaseUrlsAreNamed(String path) throws Exception {
        HttpResponse<String> response = send(path, "application/json", new byte[]{1}, "api-key", "x");

        assertThat(response.statusCode()).isEqualTo(404);
        assertThat(response.body()).contains("path_not_found", "The path is /v1/images/edits",
                "followed by /v1", "Authorization: Bearer YOUR_KEY");
    }

    @Test
    void otherPathsGetNoHint() throws Exception {
        assertThat(send("/nothing", "application/json", new byte[]{1}).body())
                .contains("The paths are listed at /docs.");
    }

    private String raw(String host, String path, boolean halfClose) throws IOException {
        byte[] body = ("{\"prompt\": \"p\", \"response_format\": \"url\", \"image\": \"" + URL + "\"}")
                .getBytes(StandardCharsets.UTF_8);
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), gateway.address().getPort())) {
            socket.setSoTimeout(30_000);
            OutputStream out = socket.getOutputStream();
            out.write(("POST " + path + " HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\nAuthorization: Bearer "
                    + key() + "\r\nContent-Type: application/json\r\nContent-Length: " + body.length + "\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII));
            out.write(body);
            out.flush();
            if (halfClose) {
                socket.shutdownOutput();
            }
            InputStream in = socket.getInputStream();
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"image_gateway:8080", "image_gateway", "my-host.1a:8080", "10.1.2.3.4", "[::1]:8080",
            "localhost"})
    void anyHostNameWorks(String host) throws IOException {
        String response = raw(host, EDITS, false);

        assertThat(response).startsWith("HTTP/1.1 200").contains("http://" + host);
    }

    /** A client that closed its direction gets the edit, or no response at all: never a false reason. */
    @Test
    void aHalfClosedConnectionGetsNoFalseReason() throws IOException {
        String response = raw("localhost", EDITS, true);

        assertThat(response.isEmpty() || response.startsWith("HTTP/1.1 200")).as(response).isTrue();
    }
}
