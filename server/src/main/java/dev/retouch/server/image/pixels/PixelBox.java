package dev.retouch.server.image.pixels;

/**
 * A rectangle of an image.
 *
 * @param x its left edge in pixels
 * @param y its upper edge in pixels
 * @param width in pixels, at least 1
 * @param height in pixels, at least 1
 */
public record PixelBox(int x, int y, int width, int height) {

    /** Rejects a rectangle that is empty or begins outside of an image. */
    public PixelBox {
        if (x < 0 || y < 0 || width < 1 || height < 1) {
            throw new IllegalArgumentException("no part of an image");
        }
    }

    /** A whole image. */
    public static PixelBox whole(int width, int height) {
        return new PixelBox(0, 0, width, height);
    }

    /** The number of pixels. */
    public long pixels() {
        return (long) width * height;
    }

    /** The rectangle with this margin on each side, as far as an image of this size has one. */
    public PixelBox grown(int margin, int imageWidth, int imageHeight) {
        int left = Math.max(0, x - margin);
        int top = Math.max(0, y - margin);
        return new PixelBox(left, top, (int) Math.min(imageWidth, (long) x + width + margin) - left,
                (int) Math.min(imageHeight, (long) y + height + margin) - top);
    }

    /** A rectangle of another size around the same center, moved into an image that is at least as large. */
    public PixelBox resized(int wide, int high, int imageWidth, int imageHeight) {
        return new PixelBox(Math.clamp(x + (width - wide) / 2, 0, imageWidth - wide),
                Math.clamp(y + (height - high) / 2, 0, imageHeight - high), wide, high);
    }
}
