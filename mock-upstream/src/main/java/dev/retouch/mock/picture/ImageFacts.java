package dev.retouch.mock.picture;

/**
 * The metadata of an image file. {@code width} and {@code height} are as displayed, after the EXIF orientation (1 to 8, 1 for
 * upright) is applied.
 */
public record ImageFacts(ImageFormat format, int width, int height, boolean alpha, int orientation) {

    /** The same image, read as stored, with its orientation applied. */
    ImageFacts displayedBy(int exifOrientation) {
        boolean turned = exifOrientation >= 5;
        return new ImageFacts(format, turned ? height : width, turned ? width : height, alpha, exifOrientation);
    }

    /** Whether the stored rows are the displayed columns. */
    boolean sideways() {
        return orientation >= 5;
    }

    public double ratio() {
        return (double) width / height;
    }
}
