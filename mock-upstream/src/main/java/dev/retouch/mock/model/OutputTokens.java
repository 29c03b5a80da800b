package dev.retouch.mock.model;

import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * Output tokens of one image.
 *
 * <p>Models up to gpt-image-1.5 have a published table for three sizes ("Cost and latency" in the image generation guide). Later models
 * count the cells of a grid: a quality has so many along the longer edge and as many along the shorter one as the proportions give,
 * weighted with the number of pixels. This is how the provider's own calculator counts gpt-image-2.
 *
 * @param table by quality; null where the grid counts
 * @param grid cells along the longer edge by quality; null where the table counts
 */
public record OutputTokens(@Nullable Map<String, Row> table, @Nullable Map<String, Integer> grid) {

    private static final Size PORTRAIT = new Size(1024, 1536);
    private static final Size LANDSCAPE = new Size(1536, 1024);
    private static final long PIXELS_ADDED = 2_000_000;
    private static final long PIXELS_PER_TOKEN = 4_000_000;

    /** Tokens by shape, for one quality. */
    public record Row(int square, int portrait, int landscape) {}

    /** Keeps what it is given from changing. */
    public OutputTokens {
        table = table == null ? null : Map.copyOf(table);
        grid = grid == null ? null : Map.copyOf(grid);
        if ((table == null) == (grid == null)) {
            throw new IllegalArgumentException("either a table or a grid");
        }
    }

    /** The tokens of one image. */
    public int of(String quality, Size size) {
        Row row = table == null ? null : table.get(quality);
        if (row != null) {
            return size.equals(PORTRAIT) ? row.portrait() : size.equals(LANDSCAPE) ? row.landscape() : row.square();
        }
        Integer cells = grid == null ? null : grid.get(quality);
        if (cells == null) {
            throw new IllegalArgumentException("no token figures for quality " + quality);
        }
        long longer = Math.max(size.width(), size.height());
        long shorter = Math.min(size.width(), size.height());
        long across = (2L * cells * shorter + longer) / (2 * longer);
        return Math.toIntExact(Math.ceilDiv(cells * across * (PIXELS_ADDED + size.pixels()), PIXELS_PER_TOKEN));
    }
}
