package dev.retouch.server.normalise;

import java.awt.image.BufferedImage;
import java.awt.image.DataBuffer;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Iterator;
import java.util.Optional;
import java.util.Set;

import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import dev.retouch.server.fixture.Pictures;
import dev.retouch.server.image.Dimensions;
import dev.retouch.server.image.ImageBytes;
import dev.retouch.server.image.ImageInspector;
import dev.retouch.server.image.ImageMetadata;
import dev.retouch.server.image.ImageMetadata.Oddity;
import dev.retouch.server.image.InvalidImageException;
import dev.retouch.server.image.Spool;

import static org.assertj.core.api.Assertions.assertThat;

class ImageNormaliserTest {

    private static final ImageLimits LIMITS = new ImageLimits(1_000_000, 50 << 20);
    private static final Set<NormalisationStep> ALL = EnumSet.allOf(NormalisationStep.class);
    private static final int RED = 0xffff0000;
    private static final int GREEN = 0xff00ff00;
    private static final int BLUE = 0xff0000ff;
    private static final int WHITE = 0xffffffff;
    private static final int BLACK = 0xff000000;

    private final Spool spool;
    private final ImageNormaliser normaliser;

    ImageNormaliserTest(@TempDir Path folder) throws IOException {
        this.spool = new Spool(folder, 16 << 20);
        this.normaliser = new ImageNormaliser(spool, 64 << 20);
    }

    private ImageBytes kept(byte[] bytes) throws IOException {
        Spool.Writer writer = spool.newWriter();
        writer.write(bytes);
        return writer.finish();
    }

    private static ImageMetadata facts(ImageBytes image) throws IOException, InvalidImageException {
        return new ImageInspector().inspect(image);
    }

    private Optional<NormalisedImage> image(byte[] bytes, ImageLimits limits, Set<NormalisationStep> steps)
            throws Exception {
        ImageBytes image = kept(bytes);
        return normaliser.image(image, facts(image), limits, steps);
    }

    private static BufferedImage pixels(NormalisedImage image) throws IOException {
        try (InputStream in = image.bytes().open()) {
            return ImageIO.read(in);
        }
    }

    private static byte[] png(BufferedImage image) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ImageIO.write(image, "png", out);
        return out.toByteArray();
    }

    /** Corners: red at the top left, green at the top right, blue at the bottom left, white at the bottom right. */
    private static byte[] corners(int orientation) throws IOException {
        BufferedImage image = new BufferedImage(3, 2, BufferedImage.TYPE_INT_RGB);
        image.setRGB(0, 0, RED);
        image.setRGB(2, 0, GREEN);
        image.setRGB(0, 1, BLUE);
        image.setRGB(2, 1, WHITE);
        byte[] png = png(image);
        byte[] exif = ByteBuffer.allocate(38).putInt(26).put("eXIfMM\0*".getBytes(StandardCharsets.US_ASCII)).putInt(8)
                .putShort((short) 1).putShort((short) 0x0112).putShort((short) 3).putInt(1)
                .putShort((short) orientation).array();
        return ByteBuffer.allocate(png.length + exif.length).put(png, 0, 33).put(exif).put(png, 33, png.length - 33)
                .array();
    }

    /** CIPA DC-008: where the first row and the first column of the stored pixels are displayed. */
    @ParameterizedTest
    @CsvSource({"2,green red white blue", "3,white blue green red", "4,blue white red green", "5,red blue green white",
            "6,blue red white green", "7,white green blue red", "8,green white red blue"})
    void imagesAreTurnedUpright(int orientation, String corners) throws Exception {
        NormalisedImage turned = image(corners(orientation), LIMITS, Set.of(NormalisationStep.ORIENTATION))
                .orElseThrow();

        BufferedImage picture = pixels(turned);
        int right = picture.getWidth() - 1;
        int bottom = picture.getHeight() - 1;
        assertThat(Arrays.asList(picture.getRGB(0, 0), picture.getRGB(right, 0), picture.getRGB(0, bottom),
                picture.getRGB(right, bottom))).isEqualTo(Arrays.stream(corners.split(" "))
                        .map(
                                colour -> switch (colour) {
                                    case "red" -> RED;
                                    case "green" -> GREEN;
                                    case "blue" -> BLUE;
                                    default -> WHITE;
                                })
                        .toList());
        assertThat(facts(turned.bytes()).orientation()).isEqualTo(1);
        assertThat(turned.changes()).containsExactly("turned upright (EXIF orientation " + orientation + ")");
    }

    @Test
    void whatNeedsNoChangeIsLeftAlone() throws Exception {
        assertThat(image(Pictures.jpeg(40, 30), LIMITS, ALL)).isEmpty();
        assertThat(image(corners(1), LIMITS, ALL)).isEmpty();
        assertThat(image(corners(6), LIMITS, EnumSet.complementOf(EnumSet.of(NormalisationStep.ORIENTATION))))
                .isEmpty();
    }

    @Test
    void cmykBecomesRgb() throws Exception {
        byte[] cmyk = cmyk(60, 40);
        assertThat(facts(kept(cmyk)).unsupportedFeature()).isEqualTo(Oddity.CMYK);
        assertThat(image(cmyk, LIMITS, Set.of(NormalisationStep.SIZE))).isEmpty();

        NormalisedImage rgb = image(cmyk, LIMITS, Set.of(NormalisationStep.COLOUR)).orElseThrow();

        assertThat(facts(rgb.bytes()).unsupportedFeature()).isEqualTo(Oddity.NONE);
        assertThat(rgb.changes()).containsExactly("converted from CMYK to RGB");
        int pixel = pixels(rgb).getRGB(30, 20); // yellow ink only
        assertThat(pixel >> 16 & 0xff).as("red").isGreaterThan(200);
        assertThat(pixel >> 8 & 0xff).as("green").isGreaterThan(200);
        assertThat(pixel & 0xff).as("blue").isLessThan(100);
    }

    /** Yellow, in the inverted values that go with the marker of Adobe. */
    private static byte[] cmyk(int width, int height) throws IOException {
        WritableRaster raster = Raster.createInterleavedRaster(DataBuffer.TYPE_BYTE, width, height, 4, null);
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                raster.setPixel(x, y, new int[]{255, 255, 0, 255});
            }
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Iterator<ImageWriter> writers = ImageIO.getImageWritersByFormatName("jpeg");
        ImageWriter writer = writers.next();
        while (writers.hasNext() && !writer.getClass().getName().startsWith("com.sun.imageio.")) {
            writer = writers.next();
        }
        try (ImageOutputStream stream = ImageIO.createImageOutputStream(out)) {
            writer.setOutput(stream);
            writer.write(null, new IIOImage(raster, null, null), null);
        }
        byte[] jpeg = out.toByteArray();
        byte[] adobe = {(byte) 0xff, (byte) 0xee, 0, 14, 'A', 'd', 'o', 'b', 'e', 0, 100, 0, 0, 0, 0, 0};
        return ByteBuffer.allocate(jpeg.length + adobe.length).put(jpeg, 0, 2).put(adobe).put(jpeg, 2, jpeg.length - 2)
                .array();
    }

    @Test
    void tooManyPixelsAreReduced() throws Exception {
        NormalisedImage reduced = image(Pictures.jpeg(2_000, 1_000), LIMITS, ALL).orElseThrow();

        ImageMetadata facts = facts(reduced.bytes());
        assertThat(facts.pixels()).isBetween(950_000L, 1_000_000L);
        assertThat((double) facts.width() / facts.height()).isBetween(1.99, 2.01);
        assertThat(reduced.changes())
                .containsExactly("reduced from 2000x1000 to " + facts.width() + "x" + facts.height());
    }

    @Test
    void tooManyBytesAreReduced() throws Exception {
        byte[] large = Pictures.noisyPng(400, 400);
        NormalisedImage reduced = image(large, new ImageLimits(1_000_000, 120_000), ALL).orElseThrow();

        assertThat(large.length).isGreaterThan(200_000);
        assertThat(reduced.bytes().size()).isBetween(40_000L, 119_999L);
    }

    /** A picture that would not fit in memory is read with fewer rows, or is not changed. */
    @Test
    void memoryIsBounded() throws Exception {
        ImageNormaliser small = new ImageNormaliser(spool, 2 << 20);
        ImageBytes large = kept(Pictures.jpeg(2_000, 1_000));
        assertThat(facts(small.image(large, facts(large), LIMITS, ALL).orElseThrow().bytes()).pixels())
                .isBetween(100_000L, 1_000_000L);
        ImageBytes webp = kept(Pictures.lossyWebp(2_000, 1_000));
        assertThat(small.image(webp, facts(webp), LIMITS, ALL)).isEmpty();
    }

    private Optional<NormalisedImage> mask(byte[] bytes, int width, int height, int wasTurned) throws Exception {
        ImageBytes mask = kept(bytes);
        return normaliser.mask(mask, facts(mask), new Dimensions(width, height), wasTurned, true, true);
    }

    private static BufferedImage blackAndWhite(int type) {
        BufferedImage mask = new BufferedImage(20, 10, type);
        for (int y = 0; y < 10; y++) {
            for (int x = 0; x < 20; x++) {
                mask.setRGB(x, y, x < 5 && y < 5 ? BLACK : WHITE);
            }
        }
        return mask;
    }

    @ParameterizedTest
    @CsvSource({"1", "2", "5", "6", "10", "12"})
    void blackBecomesTransparent(int type) throws Exception {
        NormalisedImage alpha = mask(png(blackAndWhite(type)), 20, 10, 1).orElseThrow();

        BufferedImage picture = pixels(alpha);
        assertThat(picture.getRGB(2, 2) >>> 24).isZero();
        assertThat(picture.getRGB(7, 2)).isEqualTo(WHITE);
        assertThat(alpha.changes()).containsExactly("black made transparent, so that it may change");
    }

    /** An opaque photo is no mask, and neither is one in white. */
    @Test
    void onlyBlackAndWhiteIsAMask() throws Exception {
        assertThat(mask(Pictures.noisyPng(20, 10), 20, 10, 1)).isEmpty();
        BufferedImage all = new BufferedImage(20, 10, BufferedImage.TYPE_INT_RGB);
        Arrays.fill(((java.awt.image.DataBufferInt) all.getRaster().getDataBuffer()).getData(), WHITE);
        assertThat(mask(png(all), 20, 10, 1)).isEmpty();
    }

    @Test
    void aMaskOfAnotherSizeIsScaledWithoutMixing() throws Exception {
        NormalisedImage scaled = mask(Pictures.transparentPng(20, 10), 41, 20, 1).orElseThrow();

        BufferedImage picture = pixels(scaled);
        assertThat(picture.getWidth()).isEqualTo(41);
        assertThat(picture.getHeight()).isEqualTo(20);
        for (int y = 0; y < 20; y++) {
            assertThat(picture.getRGB(20, y) >>> 24).isEqualTo(y < 10 ? 0 : 255);
        }
        assertThat(scaled.changes()).containsExactly("scaled from 20x10 to 41x20");
    }

    /** A mask that was drawn on the stored pixels is turned as they are. */
    @Test
    void aMaskOfTheStoredSizeIsTurned() throws Exception {
        NormalisedImage turned = mask(Pictures.transparentPng(20, 10), 10, 20, 6).orElseThrow();

        BufferedImage picture = pixels(turned);
        assertThat(picture.getWidth()).isEqualTo(10);
        assertThat(picture.getRGB(9, 10) >>> 24).as("the upper half is at the right").isZero();
        assertThat(picture.getRGB(0, 10) >>> 24).isEqualTo(255);
        assertThat(turned.changes()).containsExactly("turned as the image (EXIF orientation 6)");
    }

    @Test
    void aMaskThatFitsIsLeftAlone() throws Exception {
        assertThat(mask(Pictures.transparentPng(20, 10), 20, 10, 1)).isEmpty();
    }
}
