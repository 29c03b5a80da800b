package dev.retouch.server.image;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

import dev.retouch.server.fixture.Pictures;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.params.provider.Arguments.arguments;

class ImageProbeTest {

    private final Spool spool;
    private final ImageProbe probe = new ImageProbe();
    private final TransparencyScan scan = new TransparencyScan();

    ImageProbeTest(@TempDir Path folder) throws IOException {
        this.spool = new Spool(folder, 16 << 20);
    }

    private ImageBytes image(byte[] bytes) throws IOException {
        Spool.Writer writer = spool.newWriter();
        writer.write(bytes);
        return writer.finish();
    }

    private ImageMetadata facts(byte[] bytes) throws IOException, InvalidImageException {
        return probe.probe(image(bytes));
    }

    private InvalidImageException refusal(byte[] bytes) {
        InvalidImageException refusal = catchThrowableOfType(InvalidImageException.class, () -> facts(bytes));
        assertThat(refusal).as("a refusal").isNotNull();
        return refusal;
    }

    static Stream<Arguments> pictures() {
        return Stream.of(arguments("png", Pictures.png(37, 21), ImageFormat.PNG, false),
                arguments("png with alpha", Pictures.transparentPng(37, 21), ImageFormat.PNG, true),
                arguments("png with a palette", Pictures.palettePng(37, 21), ImageFormat.PNG, false),
                arguments("png with a transparent colour", Pictures.transparentPalettePng(37, 21), ImageFormat.PNG,
                        true),
                arguments("grey png", Pictures.greyPng(37, 21), ImageFormat.PNG, false),
                arguments("jpeg", Pictures.jpeg(37, 21), ImageFormat.JPEG, false),
                arguments("progressive jpeg", Pictures.progressiveJpeg(37, 21), ImageFormat.JPEG, false),
                arguments("webp VP8", Pictures.lossyWebp(37, 21), ImageFormat.WEBP, false),
                arguments("webp VP8X", Pictures.transparentLossyWebp(37, 21), ImageFormat.WEBP, true),
                arguments("webp VP8L", Pictures.losslessWebp(37, 21), ImageFormat.WEBP, false),
                arguments("webp VP8L with alpha", Pictures.transparentLosslessWebp(37, 21), ImageFormat.WEBP, true));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("pictures")
    void aPictureSaysWhatItIs(String what, byte[] bytes, ImageFormat format, boolean alpha) throws Exception {
        ImageMetadata facts = facts(bytes);

        assertThat(facts.format()).as(what).isEqualTo(format);
        assertThat(facts.width()).isEqualTo(37);
        assertThat(facts.height()).isEqualTo(21);
        assertThat(facts.alpha()).isEqualTo(alpha);
        assertThat(facts.square()).isFalse();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("pictures")
    void theBeginningOfAPictureSaysItsSize(String what, byte[] bytes, ImageFormat format, boolean alpha) {
        assertThat(probe.probeBeginning(Arrays.copyOf(bytes, Math.min(bytes.length, 1026)))).as(what)
                .hasValueSatisfying(facts -> {
                    assertThat(facts.format()).isEqualTo(format);
                    assertThat(facts.width()).isEqualTo(37);
                    assertThat(facts.height()).isEqualTo(21);
                });
    }

    /** Providers write a signed history (C2PA) of several kilobytes in front of the pixels. */
    @ParameterizedTest
    @CsvSource({"1026", "41", "33"})
    void theBeginningSaysTheSizeAlthoughTheNextChunkIsLong(int length) {
        byte[] png = Pictures.png(37, 21);
        byte[] history = new byte[20_000];
        ByteBuffer.wrap(history).putInt(history.length - 12).put("caBX".getBytes(StandardCharsets.US_ASCII));
        byte[] signed = ByteBuffer.allocate(png.length + history.length).put(png, 0, 33).put(history)
                .put(png, 33, png.length - 33).array();
        assertThat(probe.probeBeginning(Arrays.copyOf(signed, length)))
                .hasValueSatisfying(facts -> assertThat(facts.width()).isEqualTo(37));
        assertThat(refusal(Arrays.copyOf(signed, length)).getMessage()).as("an upload must be complete").isNotEmpty();
    }

    @ParameterizedTest
    @CsvSource({"0", "7", "20", "32"})
    void aBeginningWithoutTheSizeSaysNothing(int length) {
        assertThat(probe.probeBeginning(Arrays.copyOf(Pictures.png(37, 21), length))).isEmpty();
        assertThat(probe.probeBeginning(Arrays.copyOf(Pictures.jpeg(37, 21), length))).isEmpty();
    }

    /** The chunks are there because the encoder wrote them, not because the test says so. */
    @Test
    void theWebpsAreOfTheThreeKinds() {
        assertThat(kind(Pictures.lossyWebp(8, 8))).isEqualTo("VP8 ");
        assertThat(kind(Pictures.losslessWebp(8, 8))).isEqualTo("VP8L");
        assertThat(kind(Pictures.transparentLossyWebp(8, 8))).isEqualTo("VP8X");
    }

    private static String kind(byte[] webp) {
        return new String(webp, 12, 4, StandardCharsets.US_ASCII);
    }

    /** Cut anywhere, a picture is either refused, or still long enough to say the same about itself. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("pictures")
    void aPictureCutAnywhereIsRefusedOrTheSame(String what, byte[] bytes, ImageFormat format, boolean alpha)
            throws Exception {
        ImageMetadata whole = facts(bytes);
        int refused = 0;
        for (int length = 0; length < bytes.length; length++) {
            try {
                assertThat(facts(Arrays.copyOf(bytes, length))).as("%s, %d bytes", what, length).isEqualTo(whole);
            } catch (InvalidImageException e) {
                assertThat(e.reason()).isNotBlank();
                assertThat(length).as("refused after one that was not").isEqualTo(refused++);
            }
        }
        assertThat(refused).isGreaterThan(20);
    }

    static Stream<Arguments> others() {
        return Stream.of(arguments("application/pdf", ascii("%PDF-1.7 and more")),
                arguments("image/bmp", ascii("BM0000000000")),
                arguments("text/plain", ascii("{\"error\": \"no image\"}")), arguments("text/plain", ascii("<svgs/>")),
                arguments("text/plain", ascii("<!doctype html><html><svg/></html>")),
                arguments("text/plain", "玫瑰玫瑰玫瑰".getBytes(StandardCharsets.UTF_8)),
                arguments("text/plain", new byte[0]),
                arguments("image/heic or another of its family", ascii("\0\0\0\30ftypheic0000")),
                arguments("application/octet-stream", new byte[20]),
                arguments("application/octet-stream", new byte[]{'P', 'K', 3, 4, 0, 0, 0, 0, 0, 0, 0, 0}));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("others")
    void namesTheTypeOfANonImage(String type, byte[] bytes) {
        assertThat(refusal(bytes).foundType()).hasValue(type);
    }

    @Test
    void anAnimationIsAsLargeAsItsScreen() throws Exception {
        ImageMetadata facts = facts(Pictures.gif(300, 200));

        assertThat(facts.format()).isEqualTo(ImageFormat.GIF);
        assertThat(facts.width()).isEqualTo(300);
        assertThat(facts.height()).isEqualTo(200);
        assertThat(facts.format().editable()).isFalse();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            <svg width="30" height="20"/>                                                   | 30  | 20
            <svg viewBox="0 0 1024 1536" xmlns="http://www.w3.org/2000/svg">                | 1024 | 1536
            <svg width='12px' height='13.6px' viewBox='0 0 1 2'>                            | 12  | 14
            <?xml version="1.0" encoding="UTF-8"?> <!-- a > comment --> <svg width="5" height="6"> | 5 | 6
            <!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "a"> <svg viewBox="-1,-2,7,8">   | 7   | 8
            <svg width="100%" height="100%">                                                | 300 | 150
            """)
    void aVectorImageIsAsLargeAsItsRootSays(String document, int width, int height) throws Exception {
        ImageMetadata facts = facts(document.getBytes(StandardCharsets.UTF_8));

        assertThat(facts.format()).isEqualTo(ImageFormat.SVG);
        assertThat(facts.width()).isEqualTo(width);
        assertThat(facts.height()).isEqualTo(height);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** A PNG of chunks with wrong checksums, which the probe does not verify. */
    private static byte[] png(int width, int height, int bitDepth, int colourType, byte[]... chunks) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(new byte[]{(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'});
        out.writeBytes(chunk("IHDR", ByteBuffer.allocate(13).putInt(width).putInt(height).put((byte) bitDepth)
                .put((byte) colourType).array()));
        for (byte[] chunk : chunks) {
            out.writeBytes(chunk);
        }
        return out.toByteArray();
    }

    private static byte[] chunk(String type, byte[] content) {
        return ByteBuffer.allocate(12 + content.length).putInt(content.length).put(ascii(type)).put(content).array();
    }

    @Test
    void theLargestEdgesAreReadAndLargerOnesRefused() throws Exception {
        byte[] pixels = chunk("IDAT", new byte[3]);
        ImageMetadata facts = facts(png(65_535, 65_535, 8, 6, pixels));
        assertThat(facts.pixels()).isEqualTo(65_535L * 65_535);

        for (int edge : new int[]{65_536, Integer.MAX_VALUE}) {
            assertThat(refusal(png(edge, 1, 8, 6, pixels)).reason()).contains(edge + "x1 pixels");
            assertThat(refusal(png(1, edge, 8, 6, pixels)).reason()).contains("1x" + edge + " pixels");
        }
    }

    @Test
    void refusesZeroAndNegativeDimensions() {
        byte[] pixels = chunk("IDAT", new byte[3]);
        assertThat(refusal(png(0, 5, 8, 2, pixels)).reason()).contains("0x5");
        assertThat(refusal(png(5, 0, 8, 2, pixels)).reason()).contains("5x0");
        assertThat(refusal(png(-1, 5, 8, 2, pixels)).reason()).contains("-1x5");
    }

    /** Code that reads pixels divides by these values. */
    @Test
    void refusesInvalidBitDepthsAndColourTypes() throws Exception {
        byte[] pixels = chunk("IDAT", new byte[3]);
        for (int colourType = 0; colourType < 256; colourType++) {
            for (int bitDepth = 0; bitDepth < 256; bitDepth++) {
                boolean exists = switch (colourType) {
                    case 0 -> bitDepth == 1 || bitDepth == 2 || bitDepth == 4 || bitDepth == 8 || bitDepth == 16;
                    case 3 -> bitDepth == 1 || bitDepth == 2 || bitDepth == 4 || bitDepth == 8;
                    case 2, 4, 6 -> bitDepth == 8 || bitDepth == 16;
                    default -> false;
                };
                byte[] bytes = png(8, 8, bitDepth, colourType, pixels);
                boolean taken = catchThrowableOfType(InvalidImageException.class, () -> facts(bytes)) == null;
                assertThat(taken).as("bit depth %d, colour type %d", bitDepth, colourType).isEqualTo(exists);
            }
        }
    }

    @Test
    void aPngWithoutPixelsIsDamaged() {
        assertThat(refusal(png(5, 5, 8, 2, chunk("IEND", new byte[0]))).reason()).isEqualTo("a png without pixels");
        assertThat(refusal(png(5, 5, 8, 2)).reason()).isEqualTo("it ends before its dimensions");
    }

    @Test
    void anAnimationShows() throws Exception {
        byte[] animated = png(5, 5, 8, 2, chunk("acTL", new byte[]{0, 0, 0, 2, 0, 0, 0, 0}),
                chunk("IDAT", new byte[3]));
        assertThat(facts(animated).unsupportedFeature()).isEqualTo(ImageMetadata.Oddity.ANIMATED);
        assertThat(facts(Pictures.png(5, 5)).unsupportedFeature()).isEqualTo(ImageMetadata.Oddity.NONE);
    }

    @Test
    void transparencyIsFoundInThePixels() throws Exception {
        assertThat(scan.hasTransparentPixel(image(Pictures.transparentPng(9, 9)))).isTrue();
        assertThat(scan.hasTransparentPixel(image(Pictures.transparentPalettePng(9, 9)))).isFalse();
        assertThat(scan.hasTransparentPixel(image(Pictures.png(9, 9)))).isFalse();
        assertThat(scan.hasTransparentPixel(image(Pictures.palettePng(9, 9)))).isFalse();
    }

    @Test
    void cutPixelsAreDamagedWhereTheyAreLookedAt() throws Exception {
        byte[] whole = Pictures.transparentPng(64, 64);
        for (int length = 0; length < 60; length++) {
            ImageBytes cut = image(Arrays.copyOf(whole, length));
            assertThatThrownBy(() -> scan.hasTransparentPixel(cut)).isInstanceOf(InvalidImageException.class);
        }
    }

    /** Garbage behind every magic number ends in facts or in a refusal, and soon. */
    @Test
    void garbageIsNeverASurprise() {
        byte[][] starts = {{}, Arrays.copyOf(Pictures.png(5, 5), 16), Arrays.copyOf(Pictures.png(5, 5), 37),
                Arrays.copyOf(Pictures.transparentPng(5, 5), 41), {(byte) 0xff, (byte) 0xd8, (byte) 0xff},
                {(byte) 0xff, (byte) 0xd8, (byte) 0xff, (byte) 0xe0, 0, 4, 1, 1, (byte) 0xff},
                Arrays.copyOf(Pictures.lossyWebp(5, 5), 16), Arrays.copyOf(Pictures.losslessWebp(5, 5), 20),
                Arrays.copyOf(Pictures.transparentLossyWebp(5, 5), 12)};
        Random random = new Random(42);
        assertTimeoutPreemptively(Duration.ofSeconds(30), () -> {
            for (int round = 0; round < 20_000; round++) {
                byte[] start = starts[round % starts.length];
                byte[] bytes = new byte[start.length + random.nextInt(200)];
                random.nextBytes(bytes);
                System.arraycopy(start, 0, bytes, 0, start.length);
                look(bytes);
            }
        });
    }

    /** So does one damaged byte in a real picture. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("pictures")
    void aDamagedByteIsNeverASurprise(String what, byte[] bytes, ImageFormat format, boolean alpha) {
        Random random = new Random(7);
        assertTimeoutPreemptively(Duration.ofSeconds(30), () -> {
            for (int at = 0; at < Math.min(bytes.length, 400); at++) {
                for (int round = 0; round < 8; round++) {
                    byte[] damaged = bytes.clone();
                    damaged[at] = (byte) random.nextInt();
                    look(damaged);
                }
            }
        });
    }

    private void look(byte[] bytes) throws IOException {
        try {
            ImageMetadata facts = facts(bytes);
            assertThat(facts.width()).isBetween(1, 65_535);
            assertThat(facts.height()).isBetween(1, 65_535);
            if (facts.format() == ImageFormat.PNG) {
                boolean found = scan.hasTransparentPixel(image(bytes));
                assertThat(found && !facts.alpha()).isFalse();
            }
        } catch (InvalidImageException e) {
            assertThat(e.reason()).isNotBlank();
        }
    }
}
