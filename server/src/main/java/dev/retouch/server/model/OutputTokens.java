package dev.retouch.server.model;

import java.util.Collections;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

import com.fasterxml.jackson.annotation.JsonProperty;
import org.jspecify.annotations.Nullable;

/**
 * How many tokens a returned image has at most, by its quality and size. Figures by pixels count for every quality. Otherwise either a table of three sizes, in which any other size has
 * the square's figure in proportion to its area, or a grid: a quality has so many cells along the longer edge, and along the shorter
 * edge as many as the proportions give. Each cell counts (2,000,000 + pixels) / 4,000,000 tokens.
 *
 * @param partialImage how many more for each image that is streamed on the way
 * @param byQuality the table; null where the grid counts
 * @param grid cells along the longer edge by quality; null where the table counts
 * @param byPixels tokens by the most pixels that an image of so many tokens has, in ascending order; null where another form counts
 */
public record OutputTokens(@JsonProperty("partial-image") long partialImage,
        @JsonProperty("by-quality") @Nullable Map<String, Shapes> byQuality, @Nullable Map<String, Integer> grid,
        @JsonProperty("by-pixels") @Nullable Map<Long, Long> byPixels) {

    /** The quality of a model that has no choice of qualities. */
    private static final String ANY = "auto";
    private static final long SQUARE = 1024L * 1024;
    private static final long PIXELS_ADDED = 2_000_000;
    private static final long PIXELS_PER_TOKEN = 4_000_000;

    /** Refuses a table without a figure, and both forms at once. */
    public OutputTokens {
        byQuality = byQuality == null ? null : Map.copyOf(byQuality);
        grid = grid == null ? null : Map.copyOf(grid);
        byPixels = byPixels == null ? null : Collections.unmodifiableSortedMap(new TreeMap<>(byPixels));
        if (Stream.of(byQuality, grid, byPixels).filter(Objects::nonNull).count() != 1) {
            throw new IllegalArgumentException("give one of by-quality, grid and by-pixels");
        }
        if (byPixels != null && byPixels.isEmpty()) {
            throw new IllegalArgumentException("by-pixels has no figure");
        }
        if ((byQuality != null && byQuality.isEmpty()) || (grid != null && grid.isEmpty())) {
            throw new IllegalArgumentException("the figures name no quality");
        }
    }

    /**
     * The tokens of the published sizes at one quality.
     *
     * @param square the tokens at 1024x1024
     * @param portrait the tokens at 1024x1536
     * @param landscape the tokens at 1536x1024
     */
    public record Shapes(long square, long portrait, long landscape) {}

    /** The qualities that have figures. */
    public Set<String> qualities() {
        return byQuality != null ? byQuality.keySet() : grid != null ? grid.keySet() : Set.of(ANY);
    }

    private static long byPixels(Map<Long, Long> figures, long pixels) {
        long tokens = 0;
        for (Map.Entry<Long, Long> figure : figures.entrySet()) {
            tokens = figure.getValue();
            if (figure.getKey() >= pixels) {
                break;
            }
        }
        return tokens;
    }

    /** The tokens of one image; a quality without a figure counts as the dearest one. */
    public long of(String quality, String size) {
        return of(quality, PixelSize.parse(size));
    }

    /** The tokens of one image; a quality without a figure counts as the dearest one. */
    public long of(String quality, PixelSize size) {
        if (byPixels != null) {
            return byPixels(byPixels, size.pixels());
        }
        if (!qualities().contains(quality)) {
            return qualities().stream().mapToLong(known -> of(known, size)).max().orElseThrow();
        }
        Shapes shapes = byQuality == null ? null : byQuality.get(quality);
        if (shapes != null) {
            return switch (size.toString()) {
                case "1024x1024" -> shapes.square();
                case "1024x1536" -> shapes.portrait();
                case "1536x1024" -> shapes.landscape();
                default -> Math.ceilDiv(shapes.square() * size.pixels(), SQUARE);
            };
        }
        Integer cells = grid == null ? null : grid.get(quality);
        if (cells == null) {
            throw new IllegalStateException("no figure for quality " + quality);
        }
        long longer = Math.max(size.width(), size.height());
        long shorter = Math.min(size.width(), size.height());
        // rounded to the nearest number of cells
        long across = (2L * cells * shorter + longer) / (2 * longer);
        return Math.ceilDiv(cells * across * (PIXELS_ADDED + size.pixels()), PIXELS_PER_TOKEN);
    }
}
