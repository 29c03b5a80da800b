package dev.retouch.server.model;

import java.util.Map;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * How many tokens a returned image has.
 *
 * @param partialImage how many more for each image that is streamed on the way
 * @param byQuality by quality, for the three published shapes; any other size has the square's figure in proportion to its
 *        area
 */
public record OutputTokens(@JsonProperty("partial-image") long partialImage,
        @JsonProperty("by-quality") Map<String, Shapes> byQuality) {

    private static final long SQUARE = 1024L * 1024;

    /** Refuses a table without a figure. */
    public OutputTokens {
        if (byQuality.isEmpty()) {
            throw new IllegalArgumentException("by-quality names no quality");
        }
        byQuality = Map.copyOf(byQuality);
    }

    /**
     * The figures of one quality.
     *
     * @param square of 1024x1024
     * @param portrait of 1024x1536
     * @param landscape of 1536x1024
     */
    public record Shapes(long square, long portrait, long landscape) {}

    /** The tokens of one image; a quality that is not in the table counts as the dearest one. */
    public long of(String quality, String size) {
        Shapes shapes = byQuality.get(quality);
        if (shapes == null) {
            return byQuality.keySet().stream().mapToLong(known -> of(known, size)).max().orElseThrow();
        }
        return switch (size) {
            case "1024x1024" -> shapes.square();
            case "1024x1536" -> shapes.portrait();
            case "1536x1024" -> shapes.landscape();
            default -> Math.ceilDiv(shapes.square() * pixels(size), SQUARE);
        };
    }

    private static long pixels(String size) {
        int cross = size.indexOf('x');
        return Long.parseLong(size.substring(0, cross)) * Long.parseLong(size.substring(cross + 1));
    }
}
