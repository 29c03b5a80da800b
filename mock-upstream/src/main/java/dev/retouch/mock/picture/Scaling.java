package dev.retouch.mock.picture;

/** Brings pixels to another size. */
final class Scaling {

    private Scaling() {}

    static Picture to(Picture from, int width, int height, boolean smooth) {
        if (from.width() == width && from.height() == height) {
            return from;
        }
        int[] argb = new int[width * height];
        double stepX = (double) from.width() / width;
        double stepY = (double) from.height() / height;
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                argb[y * width + x] = smooth
                        ? smooth(from, (x + 0.5) * stepX - 0.5, (y + 0.5) * stepY - 0.5)
                        : from.at((int) ((x + 0.5) * stepX), (int) ((y + 0.5) * stepY));
            }
        }
        return new Picture(width, height, argb);
    }

    private static int smooth(Picture from, double x, double y) {
        int left = Math.clamp((int) Math.floor(x), 0, from.width() - 1);
        int top = Math.clamp((int) Math.floor(y), 0, from.height() - 1);
        int right = Math.min(left + 1, from.width() - 1);
        int bottom = Math.min(top + 1, from.height() - 1);
        float shareX = (float) Math.clamp(x - left, 0, 1);
        float shareY = (float) Math.clamp(y - top, 0, 1);
        int above = Colors.mix(from.at(left, top), from.at(right, top), shareX);
        int below = Colors.mix(from.at(left, bottom), from.at(right, bottom), shareX);
        return Colors.mix(above, below, shareY);
    }
}
