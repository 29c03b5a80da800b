package dev.retouch.mock.picture;

import java.awt.Rectangle;

/** Renders partial images: the final image in coarse tiles, which get finer with each partial image. */
public final class Mosaic {

    private static final int COARSEST = 64;

    private Mosaic() {}

    /** Partial {@code index} of at most three, the first the coarsest. Only the allowed area is coarse. */
    public static Picture of(Picture finished, EditArea area, int index) {
        Picture coarse = finished.copy();
        int tile = COARSEST >> (2 * index);
        Rectangle bounds = area.bounds();
        for (int y = bounds.y; y < bounds.y + bounds.height; y += tile) {
            for (int x = bounds.x; x < bounds.x + bounds.width; x += tile) {
                fill(coarse, finished, area, new Rectangle(x, y, tile, tile).intersection(bounds));
            }
        }
        return coarse;
    }

    private static void fill(Picture coarse, Picture finished, EditArea area, Rectangle tile) {
        long[] sums = new long[4];
        long count = 0;
        for (int y = tile.y; y < tile.y + tile.height; y++) {
            for (int x = tile.x; x < tile.x + tile.width; x++) {
                if (area.contains(x, y)) {
                    count++;
                    for (int channel = 0; channel < 4; channel++) {
                        sums[channel] += (finished.at(x, y) >>> (8 * channel)) & 0xFF;
                    }
                }
            }
        }
        if (count == 0) {
            return;
        }
        int average = 0;
        for (int channel = 0; channel < 4; channel++) {
            average |= (int) (sums[channel] / count) << (8 * channel);
        }
        for (int y = tile.y; y < tile.y + tile.height; y++) {
            for (int x = tile.x; x < tile.x + tile.width; x++) {
                if (area.contains(x, y)) {
                    coarse.argb()[y * coarse.width() + x] = average;
                }
            }
        }
    }
}
