package dev.retouch.mock.picture;

/** Rotates and mirrors stored pixels by the EXIF orientation. */
final class Orientation {

    private Orientation() {}

    static Picture upright(Picture stored, int orientation) {
        if (orientation == 1) {
            return stored;
        }
        boolean sideways = orientation >= 5;
        int width = sideways ? stored.height() : stored.width();
        int height = sideways ? stored.width() : stored.height();
        int right = stored.width() - 1;
        int bottom = stored.height() - 1;
        int[] argb = new int[width * height];
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                argb[y * width + x] = switch (orientation) {
                    case 2 -> stored.at(right - x, y);
                    case 3 -> stored.at(right - x, bottom - y);
                    case 4 -> stored.at(x, bottom - y);
                    case 5 -> stored.at(y, x);
                    case 6 -> stored.at(y, bottom - x);
                    case 7 -> stored.at(right - y, bottom - x);
                    default -> stored.at(right - y, x);
                };
            }
        }
        return new Picture(width, height, argb);
    }
}
