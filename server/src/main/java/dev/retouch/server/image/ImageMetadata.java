package dev.retouch.server.image;

/**
 * The facts in the header of an image. Width and height are those of the displayed image.
 *
 * @param format the format, by its magic bytes
 * @param width displayed width in pixels
 * @param height displayed height in pixels
 * @param alpha whether it has an alpha channel or transparent colours
 * @param unsupportedFeature why models do not accept it
 * @param orientation EXIF orientation, 1 to 8; from 5 on, the stored width is the displayed height
 */
public record ImageMetadata(ImageFormat format, int width, int height, boolean alpha, Oddity unsupportedFeature,
        int orientation) {

    /** Why models do not accept a well-formed image. */
    public enum Oddity {
        /** They do. */
        NONE,
        /** An animation. */
        ANIMATED,
        /** A JPEG in printers' colours. */
        CMYK,
        /** A JPEG that holds several pictures, as some cameras write them (MPO). */
        SEVERAL_PICTURES
    }

    /** An image without an orientation. */
    public ImageMetadata(ImageFormat format, int width, int height, boolean alpha, Oddity unsupportedFeature) {
        this(format, width, height, alpha, unsupportedFeature, 1);
    }

    /** Applies an orientation to an image that was read as stored. */
    ImageMetadata displayedBy(int exifOrientation) {
        boolean turned = exifOrientation >= 5;
        return new ImageMetadata(format, turned ? height : width, turned ? width : height, alpha, unsupportedFeature,
                exifOrientation);
    }

    /** Whether the stored image is turned by a quarter when it is displayed. */
    public boolean turned() {
        return orientation >= 5;
    }

    /** Number of pixels. */
    public long pixels() {
        return (long) width * height;
    }

    /** Whether the width equals the height. */
    public boolean square() {
        return width == height;
    }
}
