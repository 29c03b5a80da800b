package dev.retouch.mock.picture;

/**
 * What an image file says of itself. {@code width} and {@code height} are as displayed, after the EXIF orientation (1 to 8, 1 for
 * upright) is applied.
 */
public record ImageFacts(ImageFormat format, int width, int height, boolean alpha, int orientation) {

    /** Whether the stored rows are the displayed columns. */
    boolean sideways() {
        return orientation >= 5;
    }

    public double ratio() {
        return (double) width / height;
    }
}
