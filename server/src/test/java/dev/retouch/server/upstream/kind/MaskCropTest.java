package dev.retouch.server.upstream.kind;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.retouch.server.upstream.kind.KindGateway.Edit;

import static dev.retouch.server.upstream.kind.KindGateway.header;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Strict masks at models without masks: they get the part of the image around the mask and repaint all of it, and nothing outside the mask
 * changes.
 */
@Tag("slow")
class MaskCropTest {

    private static final String GEMINI = "gemini-3.1-flash-image";
    private static final String FLUX = "flux-2-pro";
    private static final int WIDTH = 300;
    private static final int HEIGHT = 200;
    /** The rectangle that may change: its context of 64 pixels is 158x144 large in the image, and 158x158 as a square. */
    private static final int[] OPEN = {200, 120, 30, 20};
    private static final String PART = "158x158 of 300x200 pixels around the mask were sent, as 512x512";

    @TempDir
    private Path folder = Path.of(".");
    private Painter google;
    private PaintingBfl bfl;
    private KindGateway gateway;
    private final BufferedImage original = PaintedPictures.original(WIDTH, HEIGHT);

    /** Gemini, whose results are all of one color, and as large as the first input image. */
    private static final class Painter extends ScriptedVendor {

        private String format = "png";

        Painter() throws IOException {
            super();
        }

        @Override
        Reply answer(Received request) {
            BufferedImage image = sent(request);
            ObjectNode document = JSON.createObjectNode();
            document.putArray("candidates").addObject().put("finishReason", "STOP").putObject("content")
                    .putArray("parts")
                    .addObject().putObject("inlineData").put("mimeType", "image/" + format).put("data", base64(
                            PaintedPictures.file(PaintedPictures.painted(image.getWidth(), image.getHeight()),
                                    format)));
            return Reply.json(document);
        }

        static BufferedImage sent(Received request) {
            return PaintedPictures.decoded(Base64.getDecoder()
                    .decode(request.json().at("/contents/0/parts/0/inlineData/data").asText()));
        }
    }

    /** Black Forest Labs, with such results in the size that is requested. */
    private static final class PaintingBfl extends ScriptedVendor {

        PaintingBfl() throws IOException {
            super();
        }

        @Override
        Reply answer(Received request) {
            return switch (request.path()) {
                case "/v1/flux-2-pro" -> Reply.json(200, "{\"id\":\"t\",\"polling_url\":\"" + base()
                        + "/v1/get_result?size=" + request.json().path("width").asInt() + "\"}");
                case "/v1/get_result" -> Reply.json(200, "{\"status\":\"Ready\",\"result\":{\"sample\":\"" + base()
                        + "/picture?" + request.query() + "\"}}");
                default -> {
                    int size = Integer.parseInt(request.query().replace("size=", ""));
                    yield Reply.whole(200, "image/png",
                            PaintedPictures.file(PaintedPictures.painted(size, size), "png"));
                }
            };
        }
    }

    @BeforeEach
    void start() throws IOException {
        google = new Painter();
        bfl = new PaintingBfl();
        Path kinds = Files.writeString(folder.resolve("kinds.yaml"), "bfl: {poll: {every: 20ms}}\n");
        gateway = new KindGateway(folder, """
                google:
                  kind: gemini
                  url: %s/v1beta
                  key-env: VENDOR_KEY
                flux:
                  kind: bfl
                  url: %s/v1
                  key-env: VENDOR_KEY
                """.formatted(google.base(), bfl.base()), "RETOUCH_UPSTREAM_KINDS_FILE", kinds.toString(),
                "RETOUCH_FETCH_PORTS", Integer.toString(bfl.base().getPort()));
    }

    @AfterEach
    void stop() {
        gateway.close();
        bfl.close();
        google.close();
    }

    private Edit edit(String model) {
        return new Edit(model).image(PaintedPictures.file(original, "png"))
                .mask(PaintedPictures.mask(WIDTH, HEIGHT, OPEN[0], OPEN[1], OPEN[2], OPEN[3]))
                .with("mask_mode", "strict");
    }

    /** Asserts that a result is the original outside the mask, and what the model painted inside. */
    private void assertRestored(byte[] file, int levels) {
        BufferedImage result = PaintedPictures.decoded(file);
        assertThat(result.getWidth()).isEqualTo(WIDTH);
        assertThat(result.getHeight()).isEqualTo(HEIGHT);
        for (int y = 0; y < HEIGHT; y++) {
            for (int x = 0; x < WIDTH; x++) {
                boolean open = x >= OPEN[0] && x < OPEN[0] + OPEN[2] && y >= OPEN[1] && y < OPEN[1] + OPEN[3];
                if (!open) {
                    assertThat(PaintedPictures.difference(original, result, x, y)).as("%s,%s", x, y)
                            .isLessThanOrEqualTo(levels);
                }
            }
        }
        int middle = result.getRGB(OPEN[0] + OPEN[2] / 2, OPEN[1] + OPEN[3] / 2);
        assertThat(middle).isEqualTo(PaintedPictures.PAINT.getRGB());
    }

    private void assertRestored(HttpResponse<String> response) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        gateway.parsed(response).path("data").forEach(
                image -> assertRestored(Base64.getDecoder().decode(image.path("b64_json").asText()), 0));
        assertThat(header(response, "x-retouch-mask")).startsWith("enforced; changed-outside=");
    }

    @ParameterizedTest
    @ValueSource(strings = {GEMINI, FLUX})
    void sendsThePartAroundTheMaskAndPutsItBack(String model) {
        HttpResponse<String> response = gateway.send(edit(model));

        assertRestored(response);
        assertThat(header(response, "x-retouch-warning")).contains(PART).doesNotContain("stretched");
    }

    @Test
    void sendsTheOriginalInsideThePartInProportionsOfTheModel() {
        gateway.send(edit(GEMINI));

        BufferedImage sent = Painter.sent(google.posted().getFirst());
        assertThat(sent.getWidth()).isEqualTo(512);
        assertThat(sent.getHeight()).isEqualTo(512);
        assertThat(google.posted().getFirst().json().at("/generationConfig/imageConfig/aspectRatio").asText())
                .isEqualTo("1:1");
    }

    @Test
    void holdsForSeveralImages() {
        HttpResponse<String> response = gateway.send(edit(GEMINI).with("n", "2"));

        assertRestored(response);
        assertThat(gateway.parsed(response).path("data")).hasSize(2);
        assertThat(google.posted()).hasSize(2);
    }

    @Test
    void holdsForLinksAndTasks() {
        HttpResponse<String> linked = gateway.send(edit(GEMINI).with("response_format", "url"));
        assertRestored(gateway.file(gateway.parsed(linked).at("/data/0/url").asText()), 0);
        assertThat(header(linked, "x-retouch-warning")).contains(PART);

        JsonNode task = gateway.asTask(edit(GEMINI));
        assertRestored(gateway.file(task.at("/result/data/0/url").asText()), 0);
    }

    @Test
    void holdsForStreamsWithoutPartialImages() throws IOException {
        HttpResponse<String> response = gateway
                .send(edit(GEMINI).with("stream", "true").with("partial_images", "2"));

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(header(response, "x-retouch-dropped-parameters")).contains("partial_images");
        String event = response.body().lines().filter(line -> line.startsWith("data: ") && line.contains("completed"))
                .findFirst().orElseThrow().substring("data: ".length());
        assertRestored(Base64.getDecoder().decode(ScriptedVendor.JSON.readTree(event).path("b64_json").asText()), 0);
    }

    @Test
    void keepsJpegWithinALevel() {
        google.format = "jpeg";
        HttpResponse<String> response = gateway.send(edit(GEMINI));

        BufferedImage result = PaintedPictures.decoded(
                Base64.getDecoder().decode(gateway.parsed(response).at("/data/0/b64_json").asText()));
        for (int y = 0; y < HEIGHT; y++) {
            for (int x = 0; x < OPEN[0]; x++) {
                assertThat(PaintedPictures.difference(original, result, x, y)).isLessThanOrEqualTo(1);
            }
        }
    }

    /** The hold and the charge are those of what is sent: a square of 512 pixels instead of the whole image. */
    @ParameterizedTest
    @CsvSource({"gemini-3.1-flash-image", "flux-2-pro"})
    void holdIsNotAboveThatOfTheWholeImage(String model) {
        HttpResponse<String> whole = gateway.send(new Edit(model).image(PaintedPictures.file(original, "png")));
        HttpResponse<String> part = gateway.send(edit(model));

        assertThat(held(part)).isLessThanOrEqualTo(held(whole));
    }

    private double held(HttpResponse<String> response) {
        JsonNode edit = gateway.ledger(response);
        return edit.path("held").asDouble(edit.at("/held/amount").asDouble());
    }

    @Test
    void decodesPictureThatIsMarkedAsAnAnimation() throws IOException {
        byte[] animation = Files.readAllBytes(Path.of("src/test/fuzz/image.ImageFuzz/animation-one-frame.webp"));
        HttpResponse<String> response = gateway.send(new Edit(GEMINI).image(animation)
                .mask(PaintedPictures.mask(40, 30, 10, 10, 5, 5)).with("mask_mode", "strict"));

        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        assertThat(header(response, "x-retouch-mask")).startsWith("enforced");
        assertThat(new String(google.posted().getFirst().body(), StandardCharsets.UTF_8)).contains("image/png");
    }
}
