package dev.retouch.server.model;

import java.time.LocalDate;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.annotation.JsonProperty;
import org.jspecify.annotations.Nullable;

import dev.retouch.server.image.ImageFormat;

/**
 * What the registry knows about one model. {@code models.yaml} says what each field means.
 *
 * @param released the day of its release
 * @param sunset the day on which the provider stops serving it, if announced
 * @param ownedBy whose model it is
 * @param images what it takes as images
 * @param maskBytes a mask must be smaller than this
 * @param prompt the longest prompt, in Unicode code points
 * @param upstreamName what the upstream calls it, where that is not its id
 * @param prices what it costs
 * @param outputTokens how many tokens a returned image has; needed where tokens have a price
 * @param askBase64 whether the upstream has to be asked for base64
 * @param sizes the sizes of its results
 * @param parameters what else it takes, by wire name
 * @param markupBytes a markup image must be smaller than this; null where the model takes none
 * @param animation the animations that it makes; null where it makes none
 * @param svg who writes its vector images; null where it makes none
 * @param kinds the upstream kinds that serve it, with their names for it; null if it is served in OpenAI's form
 * @param aspect its shapes, if it takes proportions instead of pixels; null otherwise
 * @param inputTokens the most tokens of an image that is sent; null to count by OpenAI's rule
 */
public record ModelEntry(LocalDate released, @Nullable LocalDate sunset, String ownedBy, ImageRule images,
        long maskBytes, int prompt, @Nullable String upstreamName, PriceList prices,
        @JsonProperty("output-tokens") @Nullable OutputTokens outputTokens,
        @JsonProperty("ask-base64") boolean askBase64, SizeRule sizes, Map<String, ParameterRule> parameters,
        @JsonProperty("markup-bytes") @Nullable Long markupBytes, @Nullable AnimationRule animation,
        @Nullable SvgRule svg, @Nullable Map<String, String> kinds, @Nullable AspectRule aspect,
        @JsonProperty("input-tokens") @Nullable Long inputTokens) {

    /** The parameter that names the text model of a vector image. */
    public static final String SVG_MODEL = "svg.model";

    /** Copies the parameters in their order, and rejects limits that no request can satisfy. */
    public ModelEntry {
        parameters = Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
        kinds = kinds == null ? null : Map.copyOf(kinds);
        if (prompt < 1 || maskBytes < 1) {
            throw new IllegalArgumentException("prompt and mask-bytes must be at least 1");
        }
        if (outputTokens == null && !prices.perMillionTokens().isEmpty()) {
            throw new IllegalArgumentException("prices per token need output-tokens");
        }
        List<String> formats = values(parameters, "output_format");
        if (formats.contains("gif") != (animation != null) || formats.contains("svg") != (svg != null)) {
            throw new IllegalArgumentException("output_format gif goes with animation, and svg with svg");
        }
        if (svg != null && !svg.models().keySet().containsAll(values(parameters, SVG_MODEL))) {
            throw new IllegalArgumentException("every value of svg.model needs a price in svg");
        }
    }

    private static List<String> values(Map<String, ParameterRule> parameters, String name) {
        ParameterRule rule = parameters.get(name);
        List<String> values = rule == null ? null : rule.values();
        return values == null ? List.of() : values;
    }

    /** The same model with another sunset. */
    ModelEntry withSunset(LocalDate day) {
        return new ModelEntry(released, day, ownedBy, images, maskBytes, prompt, upstreamName, prices, outputTokens,
                askBase64, sizes, parameters, markupBytes, animation, svg, kinds, aspect, inputTokens);
    }

    /**
     * The rule for input images.
     *
     * @param max the maximum number of images
     * @param bytes the exclusive maximum size of an image in bytes
     * @param formats the wire names of the accepted formats
     * @param pixels the maximum number of pixels of an image
     * @param square whether images must be square
     * @param ownAlphaIsMask whether, without a mask, only the transparent area of the image may change
     */
    public record ImageRule(int max, long bytes, List<String> formats, long pixels, boolean square,
            boolean ownAlphaIsMask) {

        /** Rejects a rule that no image can satisfy. */
        public ImageRule {
            if (max < 1 || bytes < 1 || pixels < 1 || formats.isEmpty()) {
                throw new IllegalArgumentException("max, bytes and pixels must be at least 1, and formats not empty");
            }
            List<String> known = Arrays.stream(ImageFormat.values()).filter(ImageFormat::editable)
                    .map(ImageFormat::wireName).toList();
            if (!known.containsAll(formats)) {
                throw new IllegalArgumentException("formats can be " + QuotedList.of(known));
            }
            formats = List.copyOf(formats);
        }
    }

    /** What the gateway does with a parameter. */
    public enum Handling {
        /** Sends it to the upstream. */
        FORWARD,
        /** Implements it in the gateway. */
        SERVE,
        /** Accepts it but does not send it; the response names it. */
        DROP
    }

    /**
     * The allowed values of a parameter.
     *
     * @param values the allowed values; null if not an enumeration
     * @param minimum the minimum of an integer; null if not an integer
     * @param maximum the maximum of an integer; null if not an integer
     * @param defaultValue the default value; null if none
     * @param handling what the gateway does with it; null to forward it
     */
    public record ParameterRule(@Nullable List<String> values, @Nullable Integer minimum, @Nullable Integer maximum,
            @JsonProperty("default") @Nullable String defaultValue, @Nullable Handling handling) {

        /** Rejects a contradictory rule. */
        public ParameterRule {
            if ((minimum == null) != (maximum == null) || (minimum != null && maximum != null && minimum > maximum)) {
                throw new IllegalArgumentException("minimum and maximum go together, the smaller one first");
            }
            if (values != null && defaultValue != null && !values.contains(defaultValue)) {
                throw new IllegalArgumentException("the default '" + defaultValue + "' is not among the values");
            }
        }

        /** The handling, with {@code FORWARD} as the default. */
        public Handling handlingOrForward() {
            return handling == null ? Handling.FORWARD : handling;
        }
    }
}
