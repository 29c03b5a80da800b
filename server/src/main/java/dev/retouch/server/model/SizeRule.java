package dev.retouch.server.model;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import com.fasterxml.jackson.annotation.JsonProperty;
import org.jspecify.annotations.Nullable;

/**
 * The output sizes of a model.
 *
 * @param values the listed sizes
 * @param defaultSize the default size
 * @param flexible the bounds of unlisted sizes; null if only listed sizes are allowed
 */
public record SizeRule(List<String> values, @JsonProperty("default") String defaultSize, @Nullable Flexible flexible) {

    /** Rejects a default that is not a valid size. */
    public SizeRule {
        values = List.copyOf(values);
        if (!values.contains(defaultSize) && (flexible == null || !FORM.matcher(defaultSize).matches())) {
            throw new IllegalArgumentException("the default '" + defaultSize + "' is not among the values");
        }
    }

    private static final Pattern FORM = Pattern.compile("([1-9]\\d{0,4})x([1-9]\\d{0,4})");

    /**
     * The bounds of an unlisted size.
     *
     * @param edgeMultiple the divisor of both edges
     * @param maxEdge the maximum edge in pixels
     * @param maxRatio the maximum ratio of the longer to the shorter edge
     * @param minPixels the minimum area
     * @param maxPixels the maximum area
     */
    public record Flexible(int edgeMultiple, int maxEdge, int maxRatio, long minPixels, long maxPixels) {

        /** The violated bound; empty if the size is valid. */
        public Optional<String> violation(long width, long height) {
            if (width % edgeMultiple != 0 || height % edgeMultiple != 0) {
                return Optional.of("Width and height must be multiples of " + edgeMultiple + ".");
            }
            if (Math.max(width, height) > maxEdge) {
                return Optional.of("The longest edge must be at most " + maxEdge + " pixels.");
            }
            if (Math.max(width, height) > maxRatio * Math.min(width, height)) {
                return Optional.of("The longer edge must be at most " + maxRatio + " times the shorter.");
            }
            if (width * height < minPixels || width * height > maxPixels) {
                return Optional.of("Width times height must be " + minPixels + " to " + maxPixels + " pixels.");
            }
            return Optional.empty();
        }
    }

    /** The violated bound as a sentence; empty if the size is valid. */
    public Optional<String> violation(String size) {
        if (values.contains(size)) {
            return Optional.empty();
        }
        Matcher form = FORM.matcher(size);
        Flexible bounds = flexible;
        if (bounds == null) {
            return Optional.of("Supported sizes are: " + QuotedList.of(values) + ".");
        }
        if (!form.matches()) {
            return Optional.of("Expected WIDTHxHEIGHT in pixels, or one of " + QuotedList.of(values) + ".");
        }
        return bounds.violation(Long.parseLong(form.group(1)), Long.parseLong(form.group(2)));
    }

    /** Parses a size; empty if the text is not a width and a height. */
    public static Optional<PixelSize> parse(String size) {
        return FORM.matcher(size).matches() ? Optional.of(PixelSize.parse(size)) : Optional.empty();
    }

    /** Whether only listed sizes are allowed. */
    public boolean listed() {
        return flexible == null;
    }
}
