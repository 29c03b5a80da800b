package dev.retouch.server.image.pixels;

import java.util.Optional;

/**
 * The area that a mask opens, as a weight of the edited image for each pixel: 0 where the original is kept, the maximum well inside the area,
 * and between them along its edge. The edge is inside the area only. The border of the image is no edge.
 */
final class MaskArea {

    /** Weight of a pixel that is taken from the edited image alone. */
    static final int FULL = 255;
    /** The distances of the chamfer transform: three units are a pixel, and four are its diagonal. */
    private static final int STRAIGHT = 3;
    private static final int DIAGONAL = 4;

    private final int width;
    private final byte[] weights;
    private final long kept;
    private final Optional<PixelBox> box;

    private MaskArea(int width, byte[] weights, long kept, Optional<PixelBox> box) {
        this.width = width;
        this.weights = weights;
        this.kept = kept;
        this.box = box;
    }

    /**
     * The area of the pixels that are fully transparent.
     *
     * @param edge width of the edge in pixels, 0 to 80; narrower if no pixel of the area is so far inside
     */
    static MaskArea of(Pixels mask, int edge) {
        int width = mask.width();
        int height = mask.height();
        int limit = STRAIGHT * (edge + 1);
        byte[] distances = new byte[Math.multiplyExact(width, height)];
        int[] row = new int[width * Pixels.SAMPLES];
        long kept = 0;
        int left = width;
        int right = -1;
        int top = height;
        int bottom = -1;
        for (int y = 0; y < height; y++) {
            mask.read(y, row);
            for (int x = 0; x < width; x++) {
                boolean open = row[x * Pixels.SAMPLES + 3] == 0;
                distances[y * width + x] = (byte) (open ? limit : 0);
                kept += open ? 0 : 1;
                if (open) {
                    left = Math.min(left, x);
                    right = Math.max(right, x);
                    top = Math.min(top, y);
                    bottom = y;
                }
            }
        }
        Optional<PixelBox> box = right < 0
                ? Optional.empty()
                : Optional.of(new PixelBox(left, top, right - left + 1, bottom - top + 1));
        int largest = measure(distances, width, height);
        for (int i = 0; i < distances.length; i++) {
            int distance = distances[i] & 0xff;
            distances[i] = (byte) (distance == 0 ? 0 : Math.max(1, distance * FULL / largest));
        }
        return new MaskArea(width, distances, kept, box);
    }

    /** Lowers each value to the distance from the next zero; the largest one that is left, at least 1. */
    private static int measure(byte[] distances, int width, int height) {
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                int at = y * width + x;
                int least = distances[at] & 0xff;
                least = x == 0 ? least : Math.min(least, (distances[at - 1] & 0xff) + STRAIGHT);
                if (y > 0) {
                    least = Math.min(least, (distances[at - width] & 0xff) + STRAIGHT);
                    least = x == 0 ? least : Math.min(least, (distances[at - width - 1] & 0xff) + DIAGONAL);
                    least = x == width - 1 ? least : Math.min(least, (distances[at - width + 1] & 0xff) + DIAGONAL);
                }
                distances[at] = (byte) least;
            }
        }
        int largest = 1;
        for (int y = height - 1; y >= 0; y--) {
            for (int x = width - 1; x >= 0; x--) {
                int at = y * width + x;
                int least = distances[at] & 0xff;
                least = x == width - 1 ? least : Math.min(least, (distances[at + 1] & 0xff) + STRAIGHT);
                if (y < height - 1) {
                    least = Math.min(least, (distances[at + width] & 0xff) + STRAIGHT);
                    least = x == width - 1 ? least : Math.min(least, (distances[at + width + 1] & 0xff) + DIAGONAL);
                    least = x == 0 ? least : Math.min(least, (distances[at + width - 1] & 0xff) + DIAGONAL);
                }
                distances[at] = (byte) least;
                largest = Math.max(largest, least);
            }
        }
        return largest;
    }

    /** Weight of the edited image at a pixel, 0 to {@link #FULL}; 0 where the original is kept. */
    int weight(int x, int y) {
        return weights[y * width + x] & 0xff;
    }

    /** The smallest rectangle with the whole area; empty if the area is. */
    Optional<PixelBox> box() {
        return box;
    }

    /** Number of pixels where the original is kept. */
    long kept() {
        return kept;
    }
}
