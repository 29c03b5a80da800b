package dev.retouch.server.image;

/**
 * What an image says about itself in its first bytes.
 *
 * @param format the format, by its magic bytes
 * @param width in pixels
 * @param height in pixels
 * @param alpha whether it has an alpha channel or transparent colours
 * @param oddity what models stumble over
 */
public record ImageFacts(ImageFormat format, int width, int height, boolean alpha, Oddity oddity) {

    /** What makes a well-formed image one that no model takes. */
    public enum Oddity {
        /** Nothing. */
        NONE,
        /** An animation. */
        ANIMATED,
        /** A JPEG in printers' colours. */
        CMYK,
        /** A JPEG that holds several pictures, as some cameras write them (MPO). */
        SEVERAL_PICTURES
    }

    /** How many pixels it says it has. */
    public long pixels() {
        return (long) width * height;
    }

    /** Whether it is as wide as high. */
    public boolean square() {
        return width == height;
    }
}
