package dev.retouch.contract.harness;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Iterator;
import java.util.Locale;

import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;

/**
 * A decoded image.
 *
 * @param format of its file: {@code png}, {@code jpeg} or {@code webp}
 */
public record Picture(String format, BufferedImage pixels) {

    /** More than any model makes: a small file may claim to be a picture that fills the memory. */
    private static final long MAX_PIXELS = 64_000_000;

    /** Decodes a whole image file. */
    public static Picture of(byte[] file) {
        try (ImageInputStream in = ImageIO.createImageInputStream(new ByteArrayInputStream(file))) {
            Iterator<ImageReader> readers = ImageIO.getImageReaders(in);
            if (!readers.hasNext()) {
                throw new IllegalArgumentException("no image: " + Arrays.toString(Arrays.copyOf(file, 16)));
            }
            ImageReader reader = readers.next();
            try {
                reader.setInput(in);
                long pixels = (long) reader.getWidth(0) * reader.getHeight(0);
                if (pixels > MAX_PIXELS) {
                    throw new IllegalArgumentException(
                            "an image of " + pixels + " pixels, which nobody wants to decode");
                }
                return new Picture(reader.getFormatName().toLowerCase(Locale.ROOT), reader.read(0));
            } finally {
                reader.dispose();
            }
        } catch (IOException e) {
            throw new UncheckedIOException("an image that does not decode", e);
        }
    }

    public int width() {
        return pixels.getWidth();
    }

    public int height() {
        return pixels.getHeight();
    }

    /** A pixel with its alpha. */
    public int argb(int x, int y) {
        return pixels.getRGB(x, y);
    }

    /** Whether anything may be seen through this pixel. */
    public int alpha(int x, int y) {
        return argb(x, y) >>> 24;
    }
}
