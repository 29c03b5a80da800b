package dev.retouch.mock.model;

import java.util.Map;

/**
 * Output tokens of one image.
 *
 * <p>The figures for 1024x1024, 1024x1536 and 1536x1024 are those OpenAI publishes for its GPT image models ("Cost and latency"
 * in the image generation guide). Any other size costs the square's figure in proportion to its area, rounded up; that is this
 * mock's choice, since no rule is published. Every streamed partial image costs 100 tokens more, as published.
 */
public record TokenTable(int partialImage, Map<String, Row> output) {

    private static final Size SQUARE = new Size(1024, 1024);
    private static final Size PORTRAIT = new Size(1024, 1536);
    private static final Size LANDSCAPE = new Size(1536, 1024);

    /** Tokens by shape, for one quality. */
    public record Row(int square, int portrait, int landscape) {}

    public TokenTable {
        output = Map.copyOf(output);
    }

    public int of(String quality, Size size) {
        Row row = output.get(quality);
        if (row == null) {
            throw new IllegalArgumentException("no token figures for quality " + quality);
        }
        if (size.equals(PORTRAIT)) {
            return row.portrait();
        }
        if (size.equals(LANDSCAPE)) {
            return row.landscape();
        }
        return Math.toIntExact(Math.ceilDiv(row.square() * size.pixels(), SQUARE.pixels()));
    }
}
