package dev.retouch.bench;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.SplittableRandom;

import javax.imageio.ImageIO;

import dev.retouch.server.image.ImageBytes;
import dev.retouch.server.image.ImageMetadata;
import dev.retouch.server.image.ImageProbe;
import dev.retouch.server.image.InvalidImageException;
import dev.retouch.server.image.pixels.PixelBox;
import dev.retouch.server.image.pixels.StrictMask;

/**
 * Measures what a strict mask costs: processor time and the heap at its peak, for an image of a size in a format. Half of each image is smooth,
 * and half of it is noise, which is the worst case of every encoder.
 */
public final class MaskBench {

    private static final int ROUNDS = 5;
    private static final int EDGE = 8;
    private static final int[][] SIZES = {{1024, 1024}, {1536, 1024}, {3840, 2160}, {4096, 4096}};
    private static final String[] FORMATS = {"png", "jpeg", "webp"};

    private final PrintStream out;
    private final Path folder;

    private MaskBench(PrintStream out, Path folder) {
        this.out = out;
        this.folder = folder;
    }

    /** Prints a line for each size and format. */
    public static void main(String[] arguments) throws IOException, InvalidImageException {
        MaskBench bench = new MaskBench(System.out, Files.createTempDirectory("mask-bench"));
        for (int[] size : SIZES) {
            for (String format : FORMATS) {
                bench.measure(size[0], size[1], format);
            }
        }
    }

    private void measure(int width, int height, String format) throws IOException, InvalidImageException {
        try (ImageBytes original = file(picture(width, height, 1), "png");
                ImageBytes mask = file(mask(width, height), "png");
                ImageBytes edited = file(picture(width, height, 2), format)) {
            ImageMetadata facts = new ImageProbe().probe(original);
            ImageMetadata returned = new ImageProbe().probe(edited);
            StrictMask strict = new StrictMask(original, facts, mask, EDGE);
            PixelBox whole = PixelBox.whole(width, height);
            long best = Long.MAX_VALUE;
            long peak = 0;
            for (int round = 0; round < ROUNDS; round++) {
                System.gc();
                long before = used();
                resetPeak();
                long start = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
                strict.restore(edited, returned, whole, OutputStream.nullOutputStream());
                best = Math.min(best, ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - start);
                peak = Math.max(peak, peak() - before);
            }
            long pixels = (long) width * height;
            out.printf(Locale.ROOT,
                    "%4dx%-4d %-4s %7.0f ms %7.1f ns per pixel, at most %5.1f bytes of the heap per pixel%n",
                    width, height, format, best / 1e6, (double) best / pixels, (double) peak / pixels);
        }
    }

    private static long used() {
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    private static void resetPeak() {
        ManagementFactory.getMemoryPoolMXBeans().forEach(MemoryPoolMXBean::resetPeakUsage);
    }

    /** An upper bound: the pools have their peaks at different times, and garbage counts until it is collected. */
    private static long peak() {
        return ManagementFactory.getMemoryPoolMXBeans().stream().filter(pool -> pool.getType() == MemoryType.HEAP)
                .mapToLong(pool -> pool.getPeakUsage().getUsed()).sum();
    }

    private ImageBytes file(BufferedImage image, String format) throws IOException {
        Path file = Files.createTempFile(folder, "image", "." + format);
        ImageIO.write(image, format, file.toFile());
        return ImageBytes.of(file);
    }

    private static BufferedImage picture(int width, int height, int seed) {
        SplittableRandom random = new SplittableRandom(seed);
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                image.setRGB(x, y,
                        x * 2 > width ? random.nextInt() : ((x * 255 / width) << 16) | ((y * 255 / height) << 8));
            }
        }
        return image;
    }

    private static BufferedImage mask(int width, int height) {
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_ARGB);
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                boolean open = Math.hypot(x - width / 2.0, y - height / 2.0) < Math.min(width, height) / 3.0;
                image.setRGB(x, y, open ? 0 : 0xff000000);
            }
        }
        return image;
    }
}
