package dev.retouch.server.image.pixels;

import java.util.SplittableRandom;

/**
 * Finds kept pixels that an encoder has moved by more than one level, and changes the source of their blocks, so that the coefficients of
 * these blocks are rounded in another way.
 */
final class JpegCorrection {

    /** Edge of the blocks that JPEG transforms. */
    private static final int BLOCK = 8;
    /** Samples of a block that are moved by one level. */
    private static final int MOVED = 4;

    private final Pixels wanted;
    private final MaskArea area;
    private final int[][] goal;
    private final int[][] from;
    private final int[][] seen;

    /**
     * Corrects one image.
     *
     * @param wanted what the JPEG shall show
     * @param area the pixels that are compared are those outside
     */
    JpegCorrection(Pixels wanted, MaskArea area) {
        this.wanted = wanted;
        this.area = area;
        int samples = wanted.width() * Pixels.SAMPLES;
        this.goal = new int[BLOCK][samples];
        this.from = new int[BLOCK][samples];
        this.seen = new int[BLOCK][samples];
    }

    /**
     * Compares a decoded JPEG with what it shall show.
     *
     * @param source what was encoded; blocks with wrong pixels are changed
     * @param decoded what was decoded
     * @param attempt number of this correction, from 0: the first one moves samples against their error, later corrections at random
     * @return number of kept pixels that are off by more than one level
     */
    int correct(Pixels source, Pixels decoded, int attempt) {
        SplittableRandom random = new SplittableRandom(attempt);
        int wrong = 0;
        for (int top = 0; top < wanted.height(); top += BLOCK) {
            int rows = Math.min(BLOCK, wanted.height() - top);
            for (int y = 0; y < rows; y++) {
                wanted.read(top + y, goal[y]);
                source.read(top + y, from[y]);
                decoded.read(top + y, seen[y]);
            }
            for (int left = 0; left < wanted.width(); left += BLOCK) {
                int right = Math.min(left + BLOCK, wanted.width());
                int found = wrong(top, rows, left, right);
                wrong += found;
                if (found > 0 && attempt == 0) {
                    oppose(rows, left, right);
                } else if (found > 0) {
                    move(rows, left, right, random);
                }
            }
            for (int y = 0; y < rows; y++) {
                source.write(top + y, from[y]);
            }
        }
        return wrong;
    }

    private int wrong(int top, int rows, int left, int right) {
        int found = 0;
        for (int y = 0; y < rows; y++) {
            for (int x = left; x < right; x++) {
                int at = x * Pixels.SAMPLES;
                boolean off = Math.abs(goal[y][at] - seen[y][at]) > 1 || Math.abs(goal[y][at + 1] - seen[y][at + 1]) > 1
                        || Math.abs(goal[y][at + 2] - seen[y][at + 2]) > 1;
                found += off && area.weight(x, top + y) == 0 ? 1 : 0;
            }
        }
        return found;
    }

    private void oppose(int rows, int left, int right) {
        for (int y = 0; y < rows; y++) {
            for (int i = left * Pixels.SAMPLES; i < right * Pixels.SAMPLES; i++) {
                from[y][i] = Math.clamp(from[y][i] + goal[y][i] - seen[y][i], 0, 0xff);
            }
        }
    }

    private void move(int rows, int left, int right, SplittableRandom random) {
        for (int y = 0; y < rows; y++) {
            System.arraycopy(goal[y], left * Pixels.SAMPLES, from[y], left * Pixels.SAMPLES,
                    (right - left) * Pixels.SAMPLES);
        }
        for (int sample = 0; sample < 3; sample++) {
            for (int i = 0; i < MOVED; i++) {
                int y = random.nextInt(rows);
                int at = random.nextInt(left, right) * Pixels.SAMPLES + sample;
                from[y][at] = Math.clamp(goal[y][at] + (random.nextBoolean() ? 1 : -1), 0, 0xff);
            }
        }
    }
}
