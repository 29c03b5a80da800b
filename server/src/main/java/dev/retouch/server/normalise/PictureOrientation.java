package dev.retouch.server.normalise;

import java.awt.geom.AffineTransform;
import java.awt.image.AffineTransformOp;
import java.awt.image.BufferedImage;

/** Turns and mirrors pictures by an EXIF orientation (CIPA DC-008, section 4.6.5). */
final class PictureOrientation {

    private static final int FIRST_SIDEWAYS = 5;

    private PictureOrientation() {}

    /** The displayed picture: a copy, or the same object if the orientation is 1. */
    static BufferedImage upright(BufferedImage stored, int orientation) {
        if (orientation == 1) {
            return stored;
        }
        boolean sideways = orientation >= FIRST_SIDEWAYS;
        int width = sideways ? stored.getHeight() : stored.getWidth();
        int height = sideways ? stored.getWidth() : stored.getHeight();
        BufferedImage upright = new BufferedImage(width, height, stored.getType());
        new AffineTransformOp(transform(orientation, stored.getWidth(), stored.getHeight()),
                AffineTransformOp.TYPE_NEAREST_NEIGHBOR).filter(stored, upright);
        return upright;
    }

    private static AffineTransform transform(int orientation, int width, int height) {
        return switch (orientation) {
            case 2 -> new AffineTransform(-1, 0, 0, 1, width, 0);
            case 3 -> new AffineTransform(-1, 0, 0, -1, width, height);
            case 4 -> new AffineTransform(1, 0, 0, -1, 0, height);
            case 5 -> new AffineTransform(0, 1, 1, 0, 0, 0);
            case 6 -> new AffineTransform(0, 1, -1, 0, height, 0);
            case 7 -> new AffineTransform(0, -1, -1, 0, height, width);
            default -> new AffineTransform(0, -1, 1, 0, 0, width);
        };
    }
}
