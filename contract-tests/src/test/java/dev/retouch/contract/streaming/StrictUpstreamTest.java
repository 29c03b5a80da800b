package dev.retouch.contract.streaming;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

import dev.retouch.contract.harness.Contract;
import dev.retouch.contract.harness.Endpoint;
import dev.retouch.contract.harness.Fixtures;
import dev.retouch.contract.harness.Form;
import dev.retouch.contract.harness.Gateways;
import dev.retouch.contract.harness.LaunchedProcess;
import dev.retouch.contract.harness.Reply;
import dev.retouch.contract.harness.RunningGateway;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A provider in a separate process, as strict as OpenAI, accepts the gateway's requests from every dialect: known
 * fields only, and images byte for byte. It refuses most dialects if they are sent to it directly, which is tested too.
 */
@TestInstance(Lifecycle.PER_CLASS)
class StrictUpstreamTest {

    private static final String UPSTREAM_KEY = "sk-of-the-provider-0123456789";
    private static final String KEY = "sk-of-a-caller-0123456789";
    private static final byte[] INPUT = Contract.example("input.png");
    private static final byte[] SECOND = Contract.example("second.jpg");
    private static final byte[] SQUARE = Fixtures.image();
    private static final byte[] HOLE = Fixtures.mask();
    private static final String CHINESE = "在图片中添加一朵红色的玫瑰花";

    private final LaunchedProcess mock;
    private final Endpoint upstream;
    private final RunningGateway gateway;
    private final Endpoint caller;

    StrictUpstreamTest(@TempDir Path folder) {
        Gateways.ownOnly();
        mock = LaunchedProcess.mockUpstream(folder, Map.of(), "--port", "0", "--key", UPSTREAM_KEY, "--keep-bodies",
                Integer.toString(64 << 20));
        URI base = URI.create(mock.awaitOutput("mock upstream: (http://127\\.0\\.0\\.1:\\d+)/v1").group(1));
        upstream = new Endpoint(base, UPSTREAM_KEY);
        gateway = RunningGateway.start(Map.of("RETOUCH_UPSTREAM_URL", base + "/v1", "RETOUCH_UPSTREAM_KEY",
                UPSTREAM_KEY, "RETOUCH_BOOTSTRAP_KEY", KEY));
        caller = new Endpoint(gateway.baseUrl(), KEY);
    }

    @AfterAll
    void stop() {
        gateway.close();
        mock.close();
    }

    /** A part that holds an image. */
    private record Image(String name, String type, byte[] bytes) {}

    /**
     * An edit in a dialect.
     *
     * @param direct the status with which the provider responds to the dialect's own request
     */
    private record Spoken(String name, String contentType, byte[] body, int direct, Map<String, String> fields,
            List<Image> images) {

        static Spoken form(String name, Form form, int direct, Map<String, String> fields, Image... images) {
            return new Spoken(name, form.contentType(), form.bytes(), direct, fields, List.of(images));
        }

        static Spoken json(String name, String json, int direct, Map<String, String> fields, Image... images) {
            return new Spoken(name, "application/json", json.getBytes(StandardCharsets.UTF_8), direct, fields,
                    List.of(images));
        }
    }

    private static Stream<Spoken> dialects() {
        return Stream.of(
                Spoken.form("A: image repeated, no model",
                        Form.empty().text("prompt", "a studio").text("size", "1024x640")
                                .file("image", "a", "application/octet-stream", INPUT)
                                .file("image", "b", "application/octet-stream", SECOND),
                        400, Map.of("model", "gpt-image-2", "prompt", "a studio", "size", "1024x640"),
                        png("image[]", INPUT), jpeg("image[]", SECOND)),
                Spoken.form("A: image[] of one", Form.empty().text("prompt", "a studio").text("size", "1024x640")
                        .file("image[]", "a.jpg", "image/jpeg", SECOND), 200,
                        Map.of("model", "gpt-image-2", "prompt", "a studio", "size", "1024x640"),
                        jpeg("image", SECOND)),
                Spoken.json("A: JSON with a mask", """
                        {"prompt":"a studio","model":"gpt-image-1","input_fidelity":"high","n":2,
                        "images":[{"image_url":"%s"}],"mask":{"image_url":"%s"}}"""
                        .formatted(url("image/png", SQUARE), url("image/png", HOLE)), 200,
                        Map.of("model", "gpt-image-1", "prompt", "a studio", "input_fidelity", "high", "n", "2"),
                        png("image", SQUARE), png("mask", HOLE)),
                Spoken.form("B: the long form", longForm(), 400,
                        Map.ofEntries(Map.entry("model", "gpt-image-1"), Map.entry("prompt", CHINESE),
                                Map.entry("background", "opaque"), Map.entry("input_fidelity", "low"),
                                Map.entry("n", "1"), Map.entry("output_compression", "80"),
                                Map.entry("output_format", "webp"), Map.entry("partial_images", "0"),
                                Map.entry("quality", "low"), Map.entry("size", "1024x1024"),
                                Map.entry("stream", "false"), Map.entry("user", "user-1")),
                        png("image[]", SQUARE), jpeg("image[]", SECOND), png("mask", HOLE)),
                Spoken.form("C: a hole and no mask", Form.empty().text("model", "dall-e-2").text("prompt", "oranges")
                        .text("n", "2").text("size", "256x256").file("image", "a.png", "image/png", HOLE), 200,
                        Map.of("model", "dall-e-2", "prompt", "oranges", "n", "2", "size", "256x256",
                                "response_format", "b64_json"),
                        png("image", HOLE)),
                Spoken.form("D: empty values", Form.empty().bareFile("image", SQUARE).bareFile("mask", HOLE)
                        .text("prompt", "a rose").text("model", "gpt-image-1").text("n", "").text("size", "")
                        .text("quality", "").text("response_format", ""), 400,
                        Map.of("model", "gpt-image-1", "prompt", "a rose"), png("image", SQUARE), png("mask", HOLE)),
                Spoken.json("E: an array of strings", """
                        {"model":"gpt-image-1.5","prompt":"evening","quality":"low","image":["%s","%s"]}"""
                        .formatted(url("image/jpeg", SECOND), Base64.getEncoder().encodeToString(SQUARE)), 400,
                        Map.of("model", "gpt-image-1.5", "prompt", "evening", "quality", "low"),
                        jpeg("image[]", SECOND), png("image[]", SQUARE)),
                Spoken.form("E: the same as a form", Form.empty().text("model", "gpt-image-1.5")
                        .text("prompt", "evening").text("quality", "auto").text("size", "auto")
                        .file("image", "a.webp", "image/webp", SQUARE), 200,
                        Map.of("model", "gpt-image-1.5", "prompt", "evening", "quality", "auto", "size", "auto"),
                        png("image", SQUARE)));
    }

    private static Form longForm() {
        return Form.empty().file("image.0", "a.png", "image/png", SQUARE)
                .file("image.1.items", "b.jpg", "image/jpeg", SECOND).file("mask", "m.png", "image/png", HOLE)
                .text("prompt", CHINESE).text("background", "opaque").text("input_fidelity", "low")
                .text("model", "gpt-image-1").text("n", "1").text("output_compression", "80")
                .text("output_format", "webp").text("partial_images", "0").text("quality", "low")
                .text("response_format", "b64_json").text("size", "1024x1024").text("stream", "false")
                .text("user", "user-1");
    }

    @TestFactory
    Stream<DynamicTest> theUpstreamGetsWhatItAccepts() {
        return dialects().map(spoken -> DynamicTest.dynamicTest(spoken.name(), () -> {
            assertThat(upstream.edit(spoken.contentType(), spoken.body()).status()).as("without the gateway")
                    .isEqualTo(spoken.direct());

            Reply reply = caller.edit(spoken.contentType(), spoken.body());
            assertThat(reply.images()).as(reply.beginning()).isNotEmpty();

            JsonNode seen = lastSeen();
            assertThat(fields(seen)).isEqualTo(new TreeMap<>(spoken.fields()));
            assertThat(images(seen)).usingRecursiveFieldByFieldElementComparator()
                    .containsExactlyElementsOf(spoken.images());
            assertThat(seen.path("status").asInt()).isEqualTo(200);
        }));
    }

    @Test
    void theUpstreamsKeyIsTheOneThatIsSent() {
        assertThat(new Endpoint(upstream.baseUrl(), KEY).get("/v1/models").status()).isEqualTo(401);
        assertThat(caller.edit(Form.empty().text("prompt", "p").text("model", "dall-e-2").text("size", "256x256")
                .file("image", "a.png", "image/png", HOLE)).status()).isEqualTo(200);
        assertThat(lastSeen().path("headers").toString()).contains("…" + UPSTREAM_KEY.substring(
                UPSTREAM_KEY.length() - 4));
        assertThat(gateway.sandbox().journal().last()).as("what the sandbox was sent").isEmpty();
    }

    private JsonNode lastSeen() {
        JsonNode entries = Endpoint.fetch(upstream.at("/mock/journal")).json().path("entries");
        return entries.path(entries.size() - 1);
    }

    private static Map<String, String> fields(JsonNode seen) {
        Map<String, String> fields = new TreeMap<>();
        for (JsonNode part : seen.path("form")) {
            if (part.has("text")) {
                assertThat(fields.put(part.path("name").asText(), part.path("text").asText()))
                        .as("%s twice", part.path("name")).isNull();
            }
        }
        return fields;
    }

    private List<Image> images(JsonNode seen) {
        List<Image> images = new ArrayList<>();
        for (JsonNode part : seen.path("form")) {
            if (!part.has("text")) {
                Reply kept = Endpoint.fetch(upstream.at("/mock/journal/" + seen.path("sequence").asLong() + "/parts/"
                        + part.path("index").asInt()));
                assertThat(kept.status()).as(kept.beginning()).isEqualTo(200);
                images.add(new Image(part.path("name").asText(), part.path("content_type").asText(), kept.body()));
            }
        }
        return images;
    }

    private static Image png(String name, byte[] bytes) {
        return new Image(name, "image/png", bytes);
    }

    private static Image jpeg(String name, byte[] bytes) {
        return new Image(name, "image/jpeg", bytes);
    }

    private static String url(String type, byte[] image) {
        return "data:" + type + ";base64," + Base64.getEncoder().encodeToString(image);
    }
}
