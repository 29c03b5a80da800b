package dev.retouch.mock;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.retouch.mock.Caller.Reply;

import static org.assertj.core.api.Assertions.assertThat;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Tag("slow")
class EditedPixelsTest {

    private static final int EDGE = 1024;

    private final MockUpstream mock = MockUpstream.start();
    private final Caller caller = new Caller(mock);
    private byte[] photo = {};

    @BeforeAll
    void draw() throws IOException {
        photo = TestImages.photoPng(EDGE, EDGE);
    }

    @AfterAll
    void stop() {
        caller.close();
        mock.close();
    }

    private BufferedImage edited(Form form) throws Exception {
        Reply reply = caller.edit(form);
        assertThat(reply.status()).as(() -> reply.json().toString()).isEqualTo(200);
        return TestImages.decode(reply.image(0));
    }

    @Test
    void nothingOutsideTheMaskChangesAndNearlyEverythingInsideDoes() throws Exception {
        BufferedImage before = TestImages.decode(photo);

        BufferedImage after = edited(
                Form.edit(photo).mask(TestImages.maskPng(EDGE, EDGE)).field("size", "1024x1024"));

        int changedOutside = 0;
        int sameInside = 0;
        for (int y = 0; y < EDGE; y++) {
            for (int x = 0; x < EDGE; x++) {
                boolean same = before.getRGB(x, y) == after.getRGB(x, y);
                boolean inside = TestImages.insideMiddle(x, y, EDGE, EDGE);
                changedOutside += !inside && !same ? 1 : 0;
                sameInside += inside && same ? 1 : 0;
            }
        }
        assertThat(changedOutside).isZero();
        assertThat(sameInside).isLessThan(EDGE * EDGE / 4 / 100);
    }

    @Test
    void withoutAMaskTheWholePictureChanges() throws Exception {
        BufferedImage after = edited(Form.edit(photo).field("size", "1024x1024"));

        assertThat(TestImages.difference(TestImages.decode(photo), after)).isGreaterThan(15);
    }

    @Test
    void theSameRequestGivesTheSameBytesAndAnotherPromptAnotherPicture() throws Exception {
        Form same = Form.edit(photo);
        byte[] once = caller.edit(Form.edit(photo)).image(0);

        assertThat(caller.edit(same).image(0)).isEqualTo(once);

        Form other = new Form().field("prompt", "a blue whale").file("image", "a", "image/png", photo);
        assertThat(TestImages.difference(TestImages.decode(once), edited(other))).isGreaterThan(8);
    }

    @Test
    void everyImageOfOneAnswerIsAnother() throws Exception {
        Reply reply = caller.edit(Form.edit(photo).field("n", "3"));

        assertThat(reply.json().path("data")).hasSize(3);
        BufferedImage first = TestImages.decode(reply.image(0));
        BufferedImage second = TestImages.decode(reply.image(1));
        BufferedImage third = TestImages.decode(reply.image(2));
        assertThat(TestImages.difference(first, second)).isGreaterThan(8);
        assertThat(TestImages.difference(second, third)).isGreaterThan(8);
    }

    @Test
    void furtherImagesShowInThePicture() throws Exception {
        byte[] black = TestImages.encode(TestImages.image(64, 64, BufferedImage.TYPE_INT_RGB, (_, _) -> 0), "png");
        byte[] white = TestImages.encode(TestImages.image(64, 64, BufferedImage.TYPE_INT_RGB, (_, _) -> 0xFFFFFF),
                "jpeg");
        Form form = new Form().field("prompt", "together").field("size", "1024x1024")
                .file("image[]", "1.png", "image/png", photo).file("image[]", "2.png", "image/png", black)
                .file("image[]", "3.jpg", "image/jpeg", white);

        BufferedImage after = edited(form);

        // thumbnails of a sixth of the edge, in the upper left corner
        assertThat(after.getRGB(21 + 80, 21 + 80) & 0xFF).isLessThan(60);
        assertThat(after.getRGB(21 + 80 + 191, 21 + 80) & 0xFF).isGreaterThan(195);
    }

    @ParameterizedTest
    @CsvSource({"1024x1024, 1024, 1024", "1536x1024, 1536, 1024", "1024x1536, 1024, 1536", "1280x768, 1280, 768"})
    void thePictureHasTheSizeAskedFor(String size, int width, int height) throws Exception {
        Reply reply = caller.edit(Form.edit(TestImages.photoPng(700, 300)).field("size", size));

        BufferedImage after = TestImages.decode(reply.image(0));
        assertThat(after.getWidth()).isEqualTo(width);
        assertThat(after.getHeight()).isEqualTo(height);
        assertThat(reply.json().path("size").asText()).isEqualTo(size);
    }

    @ParameterizedTest
    @CsvSource({"400, 400, 1024x1024", "900, 500, 1536x1024", "300, 500, 1024x1536", "1000, 900, 1024x1024"})
    void autoKeepsTheProportions(int width, int height, String expected) throws Exception {
        Reply reply = caller.edit(Form.edit(TestImages.photoPng(width, height)).field("size", "auto"));

        assertThat(reply.json().path("size").asText()).isEqualTo(expected);
    }

    @Test
    void aTransparentBackgroundIsReallyTransparent() throws Exception {
        Reply reply = caller
                .edit(Form.edit(photo).field("model", "gpt-image-2.5-flare").field("background", "transparent"));

        BufferedImage after = TestImages.decode(reply.image(0));
        assertThat(after.getColorModel().hasAlpha()).isTrue();
        assertThat(after.getRGB(2, 2) >>> 24).isZero();
        assertThat(after.getRGB(EDGE / 2, EDGE / 2) >>> 24).isEqualTo(0xFF);
        assertThat(reply.json().path("background").asText()).isEqualTo("transparent");
    }

    @Test
    void aTransparentBackgroundWorksInWebp() throws Exception {
        BufferedImage after = edited(
                Form.edit(photo).field("model", "gpt-image-2.5-flare").field("background", "transparent")
                        .field("output_format", "webp"));

        assertThat(after.getRGB(2, 2) >>> 24).isZero();
        assertThat(after.getRGB(EDGE / 2, EDGE / 2) >>> 24).isEqualTo(0xFF);
    }

    @Test
    void anOpaqueBackgroundHasNoAlpha() throws Exception {
        byte[] hole = TestImages.encode(TestImages.photoWithHole(EDGE), "png");
        byte[] mask = TestImages.encode(
                TestImages.image(EDGE, EDGE, BufferedImage.TYPE_INT_ARGB, (x, _) -> x < 10 ? 0 : 0xFF000000), "png");

        Reply reply = caller.edit(Form.edit(hole).mask(mask).field("background", "opaque"));

        assertThat(TestImages.decode(reply.image(0)).getColorModel().hasAlpha()).isFalse();
        assertThat(reply.json().path("background").asText()).isEqualTo("opaque");
    }

    @ParameterizedTest
    @ValueSource(strings = {"jpeg", "webp"})
    void compressionChangesTheSizeOfTheFile(String format) throws Exception {
        byte[] best = caller.edit(Form.edit(photo).field("output_format", format)).image(0);
        byte[] small = caller
                .edit(Form.edit(photo).field("output_format", format).field("output_compression", "10")).image(0);

        assertThat(small.length).isLessThan(best.length / 2);
        assertThat(new String(best, 0, 12, java.nio.charset.StandardCharsets.ISO_8859_1))
                .contains(format.equals("webp") ? "WEBP" : "JFIF");
    }

    @ParameterizedTest
    @ValueSource(strings = {"jpeg", "webp"})
    void jpegAndWebpAreReadToo(String format) throws Exception {
        byte[] input = TestImages.encode(TestImages.photo(600, 400), format);

        BufferedImage after = edited(Form.edit(input).field("size", "1536x1024"));

        assertThat(after.getWidth()).isEqualTo(1536);
    }

    @Test
    void grayPixelsOutsideTheMaskKeepTheirStoredValue() throws Exception {
        BufferedImage gray = new BufferedImage(EDGE, EDGE, BufferedImage.TYPE_BYTE_GRAY);
        gray.getRaster().setPixels(0, 0, EDGE, EDGE, java.util.stream.IntStream.range(0, EDGE * EDGE).map(i -> i & 0xFF)
                .toArray());

        BufferedImage after = edited(Form.edit(TestImages.encode(gray, "png"))
                .mask(TestImages.maskPng(EDGE, EDGE)).field("size", "1024x1024"));

        assertThat(after.getRGB(100, 3) & 0xFF).isEqualTo(100);
        assertThat((after.getRGB(200, 5) >> 8) & 0xFF).isEqualTo(200);
    }

    @Test
    void aHugeImageIsReadInSteps() throws Exception {
        byte[] huge = TestImages.encode(new BufferedImage(8000, 8000, BufferedImage.TYPE_BYTE_GRAY), "png");

        BufferedImage after = edited(Form.edit(huge).field("size", "1024x1024"));

        assertThat(after.getWidth()).isEqualTo(EDGE);
    }

    @Test
    void aPhotoIsTurnedUprightAsItsExifSays() throws Exception {
        byte[] sideways = withExifOrientation(TestImages.encode(TestImages.photo(900, 500), "jpeg"), 6);

        Reply reply = caller.edit(Form.edit(sideways).field("size", "auto"));

        assertThat(reply.json().path("size").asText()).isEqualTo("1024x1536");
    }

    private static byte[] withExifOrientation(byte[] jpeg, int orientation) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(jpeg, 0, 2);
        out.writeBytes(new byte[]{(byte) 0xFF, (byte) 0xE1, 0, 34, 'E', 'x', 'i', 'f', 0, 0, 'M', 'M', 0, 42, 0, 0, 0,
                8, 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, (byte) orientation, 0, 0, 0, 0, 0, 0});
        out.write(jpeg, 2, jpeg.length - 2);
        return out.toByteArray();
    }

    @Test
    void aMaskOfAnotherSizeThanTheOutputStillProtects() throws Exception {
        byte[] flat = TestImages.encode(TestImages.image(512, 512, BufferedImage.TYPE_INT_RGB, (_, _) -> 0x336699),
                "png");

        BufferedImage after = edited(
                Form.edit(flat).mask(TestImages.maskPng(512, 512)).field("size", "1024x1024"));

        assertThat(after.getRGB(100, 500) & 0xFFFFFF).isEqualTo(0x336699);
        assertThat(after.getRGB(512, 512) & 0xFFFFFF).isNotEqualTo(0x336699);
    }

    @Test
    void dallE2EditsTheImagesOwnHole() throws Exception {
        byte[] hole = TestImages.encode(TestImages.photoWithHole(EDGE), "png");
        Form form = Form.edit(hole).field("model", "dall-e-2").field("response_format", "b64_json");

        Reply reply = caller.edit(form);

        BufferedImage after = TestImages.decode(reply.image(0));
        assertThat(after.getRGB(EDGE / 2, EDGE / 2) >>> 24).isEqualTo(0xFF);
        assertThat(after.getRGB(10, 10)).isEqualTo(TestImages.photo(EDGE, EDGE).getRGB(10, 10));
        assertThat(reply.json().fieldNames()).toIterable().containsExactly("created", "data");
    }

    @Test
    void dallE2AnswersWithLinksThatLead() throws Exception {
        byte[] hole = TestImages.encode(TestImages.photoWithHole(256), "png");

        Reply reply = caller.edit(Form.edit(hole).field("model", "dall-e-2").field("size", "256x256"));

        String url = reply.json().at("/data/0/url").asText();
        Reply image = caller.get(url);
        assertThat(image.header("content-type")).isEqualTo("image/png");
        assertThat(TestImages.decode(image.raw().body()).getWidth()).isEqualTo(256);
    }
}
