package dev.retouch.server.image;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class StillWebpTest {

    private static final int CHUNK = 8;
    private static final int HEADER = 12;
    private static final int EXTENDED = HEADER + CHUNK + 10;

    private static byte[] file(String name) throws IOException {
        return Files.readAllBytes(Path.of("src/test/fuzz/image.ImageFuzz", name));
    }

    private static BufferedImage decoded(byte[] file) throws IOException {
        ImageReader reader = ImageIO.getImageReadersByFormatName("webp").next();
        try (ImageBytes bytes = ImageBytes.of(file);
                ImageInputStream in = StillWebp.open(bytes, ImageFormat.WEBP)) {
            reader.setInput(in, true, true);
            return reader.read(0);
        } finally {
            reader.dispose();
        }
    }

    /** These chunks behind the header of an animation, which is extended and in front of all others. */
    private static byte[] animation(byte[] header, byte[]... chunks) {
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        file.writeBytes(header);
        for (byte[] chunk : chunks) {
            file.writeBytes(chunk);
        }
        byte[] bytes = file.toByteArray();
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putInt(4, bytes.length - CHUNK);
        return bytes;
    }

    private static void assertSame(BufferedImage picture, BufferedImage still) {
        assertThat(picture.getWidth()).isEqualTo(still.getWidth());
        assertThat(picture.getHeight()).isEqualTo(still.getHeight());
        for (int y = 0; y < still.getHeight(); y++) {
            for (int x = 0; x < still.getWidth(); x++) {
                assertThat(picture.getRGB(x, y)).as("%s,%s", x, y).isEqualTo(still.getRGB(x, y));
            }
        }
    }

    @Test
    void decodesTheOnlyFrameOfAnAnimation() throws IOException {
        assertSame(decoded(file("animation-one-frame.webp")), decoded(file("lossless.webp")));
    }

    @Test
    void decodesPictureThatIsMarkedAsAnAnimationAndHasNoFrames() throws IOException {
        byte[] header = Arrays.copyOf(file("animation-one-frame.webp"), EXTENDED);
        byte[] lossless = file("lossless.webp");

        assertSame(decoded(animation(header, Arrays.copyOfRange(lossless, HEADER, lossless.length))),
                decoded(lossless));
    }

    @Test
    void leavesAnimationsOfSeveralFramesToTheDecoder() throws IOException {
        byte[] one = file("animation-one-frame.webp");
        byte[] header = Arrays.copyOf(one, EXTENDED);
        byte[] chunks = Arrays.copyOfRange(one, EXTENDED, one.length);

        assertThatThrownBy(() -> decoded(animation(header, chunks, chunks))).isInstanceOf(IOException.class);
    }
}
