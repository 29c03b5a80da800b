package dev.retouch.server.model;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import com.fasterxml.jackson.annotation.JsonProperty;
import org.jspecify.annotations.Nullable;

/**
 * The sizes of a model's results.
 *
 * @param values the sizes that have a name
 * @param defaultSize the size when none is given
 * @param flexible the bounds of any other size, where a model takes other sizes
 */
public record SizeRule(List<String> values, @JsonProperty("default") String defaultSize, @Nullable Flexible flexible) {

    /** Refuses a default that is no size of the model. */
    public SizeRule {
        values = List.copyOf(values);
        if (!values.contains(defaultSize) && (flexible == null || !FORM.matcher(defaultSize).matches())) {
            throw new IllegalArgumentException("the default '" + defaultSize + "' is not among the values");
        }
    }

    private static final Pattern FORM = Pattern.compile("([1-9]\\d{0,4})x([1-9]\\d{0,4})");

    /**
     * The bounds of a free size.
     *
     * @param edgeMultiple both edges are multiples of this
     * @param maxEdge the longest edge, in pixels
     * @param maxRatio the longer edge is at most this many times the shorter
     * @param minPixels the smallest area
     * @param maxPixels the largest area
     */
    public record Flexible(int edgeMultiple, int maxEdge, int maxRatio, long minPixels, long maxPixels) {

        /** What is wrong with a size; empty where nothing is. */
        Optional<String> objection(long width, long height) {
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

    /** What is wrong with a size, as a sentence; empty where it is one of this rule's. */
    public Optional<String> objection(String size) {
        if (values.contains(size)) {
            return Optional.empty();
        }
        Matcher form = FORM.matcher(size);
        Flexible bounds = flexible;
        if (bounds == null) {
            return Optional.of("Supported sizes are: " + ValueList.of(values) + ".");
        }
        if (!form.matches()) {
            return Optional.of("Expected WIDTHxHEIGHT in pixels, or one of " + ValueList.of(values) + ".");
        }
        return bounds.objection(Long.parseLong(form.group(1)), Long.parseLong(form.group(2)));
    }

    /** Whether sizes are chosen from a list only. */
    public boolean listed() {
        return flexible == null;
    }
}
