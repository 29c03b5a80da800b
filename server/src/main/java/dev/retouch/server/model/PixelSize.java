package dev.retouch.server.model;

/**
 * Width and height in pixels, written as {@code 1024x1536}.
 *
 * @param width in pixels
 * @param height in pixels
 */
public record PixelSize(int width, int height) {

    /** Reads a size that is known to be one. */
    public static PixelSize parse(String size) {
        int cross = size.indexOf('x');
        return new PixelSize(Integer.parseInt(size.substring(0, cross)), Integer.parseInt(size.substring(cross + 1)));
    }

    /** The largest square of so many pixels at most. */
    public static PixelSize square(long pixels) {
        int edge = (int) Math.sqrt((double) pixels);
        return new PixelSize(edge, edge);
    }

    /** The number of pixels. */
    public long pixels() {
        return (long) width * height;
    }

    @Override
    public String toString() {
        return width + "x" + height;
    }
}
