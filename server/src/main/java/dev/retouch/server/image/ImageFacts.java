package dev.retouch.server.image;

/**
 * What an image says about itself in its first bytes.
 *
 * @param format the format, by its magic bytes
 * @param width in pixels
 * @param height in pixels
 * @param alpha whether it has an alpha channel or transparent colours
 */
public record ImageFacts(ImageFormat format, int width, int height, boolean alpha) {

    /** Whether it is as wide as high. */
    public boolean square() {
        return width == height;
    }
}
