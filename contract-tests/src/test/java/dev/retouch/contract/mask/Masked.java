package dev.retouch.contract.mask;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Random;

import javax.imageio.ImageIO;

import dev.retouch.contract.harness.Form;
import dev.retouch.contract.harness.Picture;
import dev.retouch.contract.harness.Pictures;

/** An edit with a mask, and the comparison of its result with its image. */
final class Masked {

    static final int WIDTH = 300;
    static final int HEIGHT = 200;
    static final byte[] IMAGE = noise();
    static final byte[] MASK = Pictures.withHole(WIDTH, HEIGHT);

    private Masked() {}

    /** A small, cheap edit of {@link #IMAGE}. */
    static Form form() {
        return withoutMask().file("mask", "mask.png", "image/png", MASK);
    }

    /** An edit whose result is as large as its image. */
    static Form asLargeAsTheResult() {
        return Form.empty().text("prompt", "a red balloon").text("model", "gpt-image-2").text("quality", "low")
                .text("size", "1024x640").file("image", "image.png", "image/png", Pictures.opaque(1024, 640))
                .file("mask", "mask.png", "image/png", Pictures.withHole(1024, 640));
    }

    /** The same without a mask. */
    static Form withoutMask() {
        return Form.empty().text("prompt", "a red balloon").text("model", "gpt-image-2").text("quality", "low")
                .text("size", "1024x640").file("image", "image.png", "image/png", IMAGE);
    }

    /** The largest difference from the image where the mask keeps it, in levels; -1 if the result has another size. */
    static int differenceOutside(byte[] result) {
        Picture before = Picture.of(IMAGE);
        Picture mask = Picture.of(MASK);
        Picture after = Picture.of(result);
        if (after.width() != WIDTH || after.height() != HEIGHT) {
            return -1;
        }
        int largest = 0;
        for (int y = 0; y < HEIGHT; y++) {
            for (int x = 0; x < WIDTH; x++) {
                if (mask.alpha(x, y) > 0) {
                    largest = Math.max(largest, difference(before.argb(x, y), after.argb(x, y)));
                }
            }
        }
        return largest;
    }

    private static int difference(int one, int other) {
        int largest = 0;
        for (int shift = 0; shift < 32; shift += 8) {
            largest = Math.max(largest, Math.abs((one >>> shift & 0xff) - (other >>> shift & 0xff)));
        }
        return largest;
    }

    private static byte[] noise() {
        Random random = new Random(3);
        BufferedImage image = new BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < HEIGHT; y++) {
            for (int x = 0; x < WIDTH; x++) {
                image.setRGB(x, y, random.nextInt());
            }
        }
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        try {
            ImageIO.write(image, "png", file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return file.toByteArray();
    }
}
