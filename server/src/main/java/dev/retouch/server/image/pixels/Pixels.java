package dev.retouch.server.image.pixels;

import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.awt.image.DataBufferInt;

/**
 * An image in memory: red, green, blue and alpha of each pixel, not premultiplied, with 8 or 16 bits each. Not thread-safe.
 *
 * <p>Rows are copied into arrays of four samples for each pixel, in this order.
 */
final class Pixels {

    /** Samples of a pixel. */
    static final int SAMPLES = 4;
    private static final int[] SHIFTS = {16, 8, 0, 24};

    private final int width;
    private final int height;
    private final boolean deep;
    /** Pixels of 8 bits, as ARGB; empty if they are deep. */
    private final int[] packed;
    /** Samples of 16 bits; empty if they are not deep. */
    private final short[] samples;

    /**
     * A transparent black image.
     *
     * @param deep whether samples have 16 bits instead of 8
     */
    Pixels(int width, int height, boolean deep) {
        this(width, height, deep, new int[deep ? 0 : Math.multiplyExact(width, height)],
                new short[deep ? Math.multiplyExact(SAMPLES, Math.multiplyExact(width, height)) : 0]);
    }

    private Pixels(int width, int height, boolean deep, int[] packed, short[] samples) {
        this.width = width;
        this.height = height;
        this.deep = deep;
        this.packed = packed;
        this.samples = samples;
    }

    int width() {
        return width;
    }

    int height() {
        return height;
    }

    /** Whether samples have 16 bits. */
    boolean deep() {
        return deep;
    }

    /** The largest value of a sample. */
    int max() {
        return deep ? 0xffff : 0xff;
    }

    /** Copies a row into an array of four samples for each pixel. */
    void read(int y, int[] row) {
        if (deep) {
            int from = y * width * SAMPLES;
            for (int i = 0; i < width * SAMPLES; i++) {
                row[i] = samples[from + i] & 0xffff;
            }
            return;
        }
        for (int x = 0; x < width; x++) {
            int pixel = packed[y * width + x];
            for (int sample = 0; sample < SAMPLES; sample++) {
                row[x * SAMPLES + sample] = (pixel >>> SHIFTS[sample]) & 0xff;
            }
        }
    }

    /** Copies a column into an array of four samples for each pixel. */
    void readColumn(int x, int[] column) {
        for (int y = 0; y < height; y++) {
            for (int sample = 0; sample < SAMPLES; sample++) {
                column[y * SAMPLES + sample] = deep
                        ? samples[(y * width + x) * SAMPLES + sample] & 0xffff
                        : (packed[y * width + x] >>> SHIFTS[sample]) & 0xff;
            }
        }
    }

    /** Replaces a row. */
    void write(int y, int[] row) {
        if (deep) {
            int from = y * width * SAMPLES;
            for (int i = 0; i < width * SAMPLES; i++) {
                samples[from + i] = (short) row[i];
            }
            return;
        }
        for (int x = 0; x < width; x++) {
            int pixel = 0;
            for (int sample = 0; sample < SAMPLES; sample++) {
                pixel |= row[x * SAMPLES + sample] << SHIFTS[sample];
            }
            packed[y * width + x] = pixel;
        }
    }

    /** Whether a pixel is not opaque. */
    boolean translucent() {
        int[] row = new int[width * SAMPLES];
        for (int y = 0; y < height; y++) {
            read(y, row);
            for (int i = SAMPLES - 1; i < row.length; i += SAMPLES) {
                if (row[i] != max()) {
                    return true;
                }
            }
        }
        return false;
    }

    /** A copy of a part. */
    Pixels part(PixelBox box) {
        Pixels copy = new Pixels(box.width(), box.height(), deep);
        for (int y = 0; y < box.height(); y++) {
            int from = (box.y() + y) * width + box.x();
            if (deep) {
                System.arraycopy(samples, from * SAMPLES, copy.samples, y * box.width() * SAMPLES,
                        box.width() * SAMPLES);
            } else {
                System.arraycopy(packed, from, copy.packed, y * box.width(), box.width());
            }
        }
        return copy;
    }

    /** A copy that can be changed. */
    Pixels copy() {
        return new Pixels(width, height, deep, packed.clone(), samples.clone());
    }

    /** The same image with 8 bits for each sample. */
    Pixels shallow() {
        if (!deep) {
            return this;
        }
        Pixels copy = new Pixels(width, height, false);
        int[] row = new int[width * SAMPLES];
        for (int y = 0; y < height; y++) {
            read(y, row);
            for (int i = 0; i < row.length; i++) {
                row[i] = (row[i] * 0xff + 0x7fff) / 0xffff;
            }
            copy.write(y, row);
        }
        return copy;
    }

    /** Lays the image over white, so that each pixel is opaque. */
    void flatten() {
        int[] row = new int[width * SAMPLES];
        for (int y = 0; y < height; y++) {
            read(y, row);
            for (int i = 0; i < row.length; i += SAMPLES) {
                long alpha = row[i + 3];
                for (int sample = 0; sample < 3; sample++) {
                    row[i + sample] = (int) ((row[i + sample] * alpha + (long) max() * (max() - alpha) + max() / 2)
                            / max());
                }
                row[i + 3] = max();
            }
            write(y, row);
        }
    }

    /** The same image in another size, smoothed. Only for 8 bits. */
    Pixels scaledTo(int wide, int high) {
        if (wide == width && high == height) {
            return this;
        }
        BufferedImage from = toImage();
        // halves first: the interpolation looks at sixteen pixels only
        while (from.getWidth() >= 2 * wide && from.getHeight() >= 2 * high) {
            from = drawn(from, from.getWidth() / 2, from.getHeight() / 2, RenderingHints.VALUE_INTERPOLATION_BILINEAR);
        }
        return of(drawn(from, wide, high, RenderingHints.VALUE_INTERPOLATION_BICUBIC));
    }

    private static BufferedImage drawn(BufferedImage from, int wide, int high, Object interpolation) {
        BufferedImage target = new BufferedImage(wide, high, BufferedImage.TYPE_INT_ARGB);
        Graphics2D graphics = target.createGraphics();
        try {
            graphics.setRenderingHint(RenderingHints.KEY_INTERPOLATION, interpolation);
            graphics.drawImage(from, 0, 0, wide, high, null);
        } finally {
            graphics.dispose();
        }
        return target;
    }

    /** The pixels of an image of {@link BufferedImage#TYPE_INT_ARGB}, which are shared. */
    private static Pixels of(BufferedImage image) {
        return new Pixels(image.getWidth(), image.getHeight(), false,
                ((DataBufferInt) image.getRaster().getDataBuffer()).getData(), new short[0]);
    }

    /** A copy as {@link BufferedImage#TYPE_INT_ARGB}. Only for 8 bits. */
    BufferedImage toImage() {
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_ARGB);
        System.arraycopy(packed, 0, ((DataBufferInt) image.getRaster().getDataBuffer()).getData(), 0, packed.length);
        return image;
    }
}
