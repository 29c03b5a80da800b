package dev.retouch.server.moderation;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.Rectangle;
import java.awt.image.BufferedImage;
import java.awt.image.DataBufferInt;
import java.io.IOException;
import java.util.Arrays;

import javax.imageio.ImageReadParam;
import javax.imageio.ImageReader;

/**
 * Reduces an image by averaging all pixels of each area. Skipping pixels would be cheaper, but then an image could show the service
 * something else than it shows a model.
 */
final class BoxFilter {

    static final int MAX_SIDE = 1536;
    private static final int STRIP_PIXELS = 4 << 20;
    private static final int BAND_ROWS = 64;

    private final ImageReader reader;
    private final int width;
    private final int height;
    private final BufferedImage target;
    private final long[] sums;
    private final int[] columns;
    private int targetRow;
    private int rows;

    BoxFilter(ImageReader reader) throws IOException {
        this.reader = reader;
        this.width = reader.getWidth(0);
        this.height = reader.getHeight(0);
        double scale = Math.min(1, (double) MAX_SIDE / Math.max(width, height));
        this.target = new BufferedImage(Math.max(1, (int) Math.round(width * scale)),
                Math.max(1, (int) Math.round(height * scale)),
                BufferedImage.TYPE_INT_RGB);
        this.sums = new long[target.getWidth() * 3];
        this.columns = new int[target.getWidth()];
        for (int x = 0; x < width; x++) {
            columns[targetColumn(x)]++;
        }
    }

    /** The reduced image; read in one strip if the decoder decodes the whole image each time. */
    BufferedImage reduce(boolean oneStrip) throws IOException {
        int stripRows = oneStrip ? height : Math.clamp(STRIP_PIXELS / width, 1, height);
        BufferedImage band = new BufferedImage(width, Math.min(BAND_ROWS, stripRows), BufferedImage.TYPE_INT_RGB);
        for (int top = 0; top < height; top += stripRows) {
            ImageReadParam region = reader.getDefaultReadParam();
            region.setSourceRegion(new Rectangle(0, top, width, Math.min(stripRows, height - top)));
            addStrip(reader.read(0, region), top, band);
        }
        flush();
        return target;
    }

    private void addStrip(BufferedImage strip, int top, BufferedImage band) {
        for (int y = 0; y < strip.getHeight(); y += band.getHeight()) {
            Graphics2D graphics = band.createGraphics();
            graphics.setColor(Color.WHITE);
            graphics.fillRect(0, 0, band.getWidth(), band.getHeight());
            graphics.drawImage(strip, 0, -y, null);
            graphics.dispose();
            int[] pixels = ((DataBufferInt) band.getRaster().getDataBuffer()).getData();
            for (int row = 0; row < Math.min(band.getHeight(), strip.getHeight() - y); row++) {
                addRow(pixels, row * width, top + y + row);
            }
        }
    }

    private void addRow(int[] pixels, int offset, int sourceRow) {
        int row = (int) ((long) sourceRow * target.getHeight() / height);
        if (row != targetRow) {
            flush();
            targetRow = row;
        }
        rows++;
        for (int x = 0; x < width; x++) {
            int pixel = pixels[offset + x];
            int sum = targetColumn(x) * 3;
            sums[sum] += pixel >> 16 & 0xff;
            sums[sum + 1] += pixel >> 8 & 0xff;
            sums[sum + 2] += pixel & 0xff;
        }
    }

    private int targetColumn(int x) {
        return (int) ((long) x * target.getWidth() / width);
    }

    private void flush() {
        for (int x = 0; x < target.getWidth(); x++) {
            long count = Math.max(1L, (long) columns[x] * rows);
            target.setRGB(x, targetRow, (int) (sums[x * 3] / count) << 16 | (int) (sums[x * 3 + 1] / count) << 8
                    | (int) (sums[x * 3 + 2] / count));
        }
        Arrays.fill(sums, 0);
        rows = 0;
    }
}
