package dev.retouch.server.upstream.kind;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Random;

import javax.imageio.ImageIO;

/** Pictures whose pixels tests compare. */
final class PaintedPictures {

    static final Color PAINT = new Color(0x20, 0xc0, 0x40);

    private PaintedPictures() {}

    /** A picture in which no pixel is like its neighbor. */
    static BufferedImage original(int width, int height) {
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        Random random = new Random(11);
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                image.setRGB(x, y, random.nextInt(0x1000000));
            }
        }
        return image;
    }

    /** A picture in a single color. */
    static BufferedImage painted(int width, int height) {
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        Graphics2D brush = image.createGraphics();
        brush.setColor(PAINT);
        brush.fillRect(0, 0, width, height);
        brush.dispose();
        return image;
    }

    /** A mask in which only a rectangle may change. */
    static byte[] mask(int width, int height, int x, int y, int wide, int high) {
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_ARGB);
        int[] opaque = new int[width * height];
        Arrays.fill(opaque, 0xff000000);
        image.setRGB(0, 0, width, height, opaque, 0, width);
        image.setRGB(x, y, wide, high, new int[wide * high], 0, wide);
        return file(image, "png");
    }

    static byte[] file(BufferedImage image, String format) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            ImageIO.write(image, format, bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    static BufferedImage decoded(byte[] file) {
        try {
            return ImageIO.read(new ByteArrayInputStream(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The largest difference of a sample of a pixel. */
    static int difference(BufferedImage one, BufferedImage other, int x, int y) {
        int a = one.getRGB(x, y);
        int b = other.getRGB(x, y);
        int largest = 0;
        for (int shift = 0; shift <= 24; shift += 8) {
            largest = Math.max(largest, Math.abs((a >> shift & 0xff) - (b >> shift & 0xff)));
        }
        return largest;
    }
}
