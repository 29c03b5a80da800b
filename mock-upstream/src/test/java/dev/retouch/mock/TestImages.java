package dev.retouch.mock;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.function.IntBinaryOperator;

import javax.imageio.ImageIO;

/** Images to send, and helpers to inspect the results. */
final class TestImages {

    private TestImages() {}

    /** Every pixel differs from its neighbours, so that a shift or a blur would be seen. */
    static BufferedImage photo(int width, int height) {
        return image(width, height, BufferedImage.TYPE_INT_RGB,
                (x, y) -> ((x * 7 + y * 3) & 0xFF) << 16 | ((x ^ y) & 0xFF) << 8 | ((x * y) & 0xFF));
    }

    static byte[] photoPng(int width, int height) throws IOException {
        return encode(photo(width, height), "png");
    }

    /** Opaque, but for a rectangle in the middle from a quarter to three quarters. */
    static byte[] maskPng(int width, int height) throws IOException {
        return encode(image(width, height, BufferedImage.TYPE_INT_ARGB,
                (x, y) -> insideMiddle(x, y, width, height) ? 0 : 0xFF000000), "png");
    }

    static boolean insideMiddle(int x, int y, int width, int height) {
        return x >= width / 4 && x < width * 3 / 4 && y >= height / 4 && y < height * 3 / 4;
    }

    /** A photo whose middle is transparent. */
    static BufferedImage photoWithHole(int edge) {
        BufferedImage photo = photo(edge, edge);
        return image(edge, edge, BufferedImage.TYPE_INT_ARGB,
                (x, y) -> insideMiddle(x, y, edge, edge) ? 0 : 0xFF000000 | photo.getRGB(x, y));
    }

    static BufferedImage image(int width, int height, int type, IntBinaryOperator pixel) {
        BufferedImage image = new BufferedImage(width, height, type);
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                image.setRGB(x, y, pixel.applyAsInt(x, y));
            }
        }
        return image;
    }

    static byte[] encode(BufferedImage image, String format) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        if (!ImageIO.write(image, format, bytes)) {
            throw new IOException("no writer for " + format);
        }
        return bytes.toByteArray();
    }

    static BufferedImage decode(byte[] bytes) throws IOException {
        BufferedImage image = ImageIO.read(new ByteArrayInputStream(bytes));
        if (image == null) {
            throw new IOException("not an image");
        }
        return image;
    }

    /** Mean difference per channel, 0 to 255. */
    static double difference(BufferedImage one, BufferedImage other) {
        long sum = 0;
        for (int y = 0; y < one.getHeight(); y++) {
            for (int x = 0; x < one.getWidth(); x++) {
                int a = one.getRGB(x, y);
                int b = other.getRGB(x, y);
                for (int shift = 0; shift < 24; shift += 8) {
                    sum += Math.abs(((a >> shift) & 0xFF) - ((b >> shift) & 0xFF));
                }
            }
        }
        return sum / 3.0 / one.getWidth() / one.getHeight();
    }
}
