package dev.retouch.server.moderation;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;

import javax.imageio.ImageIO;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import dev.retouch.server.image.ImageBytes;
import dev.retouch.server.image.ImageFormat;
import dev.retouch.server.image.Spool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/** Reduced copies show what the image shows, whatever its format, its kind of pixels and its size. */
@Timeout(60)
class ImageReducerTest {

    private final Spool spool;
    private final ImageReducer reducer = new ImageReducer();

    ImageReducerTest(@TempDir Path folder) throws IOException {
        this.spool = new Spool(folder, 1000);
    }

    private ImageBytes stored(byte[] bytes) throws IOException {
        Spool.Writer writer = spool.newWriter();
        writer.write(bytes);
        return writer.finish();
    }

    private BufferedImage reduced(BufferedImage image, ImageFormat format) throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        assertThat(ImageIO.write(image, format.wireName(), bytes)).isTrue();
        return Objects.requireNonNull(ImageIO.read(new ByteArrayInputStream(
                reducer.reduce(stored(bytes.toByteArray()), format, 50_000))));
    }

    /** Black on the left, white on the right. */
    private static BufferedImage halves(int width, int height, int type) {
        BufferedImage image = new BufferedImage(width, height, type);
        Graphics2D graphics = image.createGraphics();
        graphics.setColor(Color.BLACK);
        graphics.fillRect(0, 0, width, height);
        graphics.setColor(Color.WHITE);
        graphics.fillRect(width / 2, 0, width - width / 2, height);
        graphics.dispose();
        return image;
    }

    private static int brightness(BufferedImage image, double x, double y) {
        return new Color(image.getRGB((int) (x * image.getWidth()), (int) (y * image.getHeight()))).getGreen();
    }

    @ParameterizedTest
    @CsvSource({"3000, 2000, PNG, 1, 1536, 1024", "3000, 2000, PNG, 2, 1536, 1024", "3000, 2000, PNG, 10, 1536, 1024",
            "3000, 2000, PNG, 12, 1536, 1024", "3000, 2000, PNG, 13, 1536, 1024", "3000, 2000, JPEG, 5, 1536, 1024",
            "3000, 2000, JPEG, 10, 1536, 1024", "3000, 2000, WEBP, 1, 1536, 1024", "700, 3001, PNG, 11, 358, 1536",
            "40, 30, PNG, 1, 40, 30", "5000, 1, PNG, 1, 1536, 1", "1, 5000, PNG, 1, 1, 1536"})
    void keepsContentAndAspectRatio(int width, int height, ImageFormat format, int type, int reducedWidth,
            int reducedHeight) throws Exception {
        BufferedImage copy = reduced(halves(width, height, type), format);
        assertThat(copy.getWidth()).isEqualTo(reducedWidth);
        assertThat(copy.getHeight()).isEqualTo(reducedHeight);
        if (width > 1) {
            assertThat(brightness(copy, 0.25, 0.1)).isLessThan(20);
            assertThat(brightness(copy, 0.25, 0.95)).isLessThan(20);
            assertThat(brightness(copy, 0.75, 0.1)).isGreaterThan(235);
            assertThat(brightness(copy, 0.75, 0.95)).isGreaterThan(235);
        }
    }

    /** An image in which every fourth pixel hides what the other pixels show. */
    @Test
    void averagesAllPixels() throws Exception {
        BufferedImage image = new BufferedImage(3072, 1024, BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < image.getHeight(); y += 2) {
            for (int x = 0; x < image.getWidth(); x += 2) {
                image.setRGB(x, y, 0xffffff);
            }
        }
        assertThat(brightness(reduced(image, ImageFormat.PNG), 0.5, 0.5)).isBetween(55, 75);
    }

    @Test
    void showsTransparentPartsInWhite() throws Exception {
        BufferedImage copy = reduced(new BufferedImage(2000, 100, BufferedImage.TYPE_INT_ARGB), ImageFormat.PNG);
        assertThat(brightness(copy, 0.5, 0.5)).isGreaterThan(250);
    }

    @ParameterizedTest
    @CsvSource({"PNG, could not be decoded", "JPEG, could not be decoded", "WEBP, could not be decoded"})
    void failsIfTheImageCannotBeDecoded(ImageFormat format, String reason) throws Exception {
        ImageBytes bytes = stored(new byte[5000]);
        ModerationClientException failure = catchThrowableOfType(ModerationClientException.class,
                () -> reducer.reduce(bytes, format, 50_000));
        assertThat(failure).hasMessageContaining(reason);
    }

    @Test
    void failsIfTheImageHasTooManyPixels() throws Exception {
        ByteArrayOutputStream png = new ByteArrayOutputStream();
        ImageIO.write(new BufferedImage(9000, 8000, BufferedImage.TYPE_BYTE_BINARY), "png", png);
        ImageBytes bytes = stored(png.toByteArray());
        ModerationClientException failure = catchThrowableOfType(ModerationClientException.class,
                () -> reducer.reduce(bytes, ImageFormat.PNG, 50_000));
        assertThat(failure).hasMessage("the image has too many pixels for a reduced copy");
    }
}
