package dev.retouch.server.image.pixels;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Random;

import javax.imageio.ImageIO;

import dev.retouch.server.image.ImageBytes;

/** A generated mask: its file, and whether each pixel may change, row by row. */
record Mask(Path file, int width, int height, boolean[] open) {

    /** The shape of the area that may change. */
    enum Shape {
        DISK, THIN_LINES, SCATTERED, EVERYTHING, ALL_BUT_ONE, SOFT_EDGE
    }

    static Mask of(Shape shape, int width, int height, Path folder) throws IOException {
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_ARGB);
        boolean[] open = new boolean[width * height];
        Random random = new Random(7);
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                double fromMiddle = Math.hypot(x - width / 2.0, y - height / 2.0);
                int alpha = switch (shape) {
                    case DISK -> fromMiddle < Math.min(width, height) / 2.2 ? 0 : 255;
                    case THIN_LINES -> x % 9 == 4 || y % 11 == 5 ? 0 : 255;
                    case SCATTERED -> random.nextInt(3) == 0 ? 0 : 255;
                    case EVERYTHING -> 0;
                    case ALL_BUT_ONE -> x == width - 1 && y == 0 ? 255 : 0;
                    // an alpha of 1 is nearly transparent and keeps its pixel all the same
                    case SOFT_EDGE -> (int) Math.clamp((fromMiddle - Math.min(width, height) / 3.0) * 20, 0, 255);
                };
                image.setRGB(x, y, alpha << 24 | 0x808080);
                open[y * width + x] = alpha == 0;
            }
        }
        Path file = folder.resolve("mask-" + shape + width + "x" + height);
        ImageIO.write(image, "png", file.toFile());
        return new Mask(file, width, height, open);
    }

    /** A mask in which only a rectangle may change. */
    static Mask of(PixelBox box, int width, int height, Path folder) throws IOException {
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_ARGB);
        boolean[] open = new boolean[width * height];
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                boolean inside = x >= box.x() && x < box.x() + box.width() && y >= box.y()
                        && y < box.y() + box.height();
                image.setRGB(x, y, inside ? 0 : 0xff808080);
                open[y * width + x] = inside;
            }
        }
        Path file = folder.resolve("mask-box" + width + "x" + height);
        ImageIO.write(image, "png", file.toFile());
        return new Mask(file, width, height, open);
    }

    ImageBytes bytes() throws IOException {
        return ImageBytes.of(file);
    }

    boolean isOpen(int x, int y) {
        return open[y * width + x];
    }

    /** Whether no kept pixel is within so many pixels in any direction. */
    boolean isInside(int x, int y, int distance) {
        for (int b = Math.max(0, y - distance); b <= Math.min(height - 1, y + distance); b++) {
            for (int a = Math.max(0, x - distance); a <= Math.min(width - 1, x + distance); a++) {
                if (!isOpen(a, b)) {
                    return false;
                }
            }
        }
        return true;
    }
}
