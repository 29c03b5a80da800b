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
 */
public record ModelEntry(LocalDate released, @Nullable LocalDate sunset, String ownedBy, ImageRule images,
        long maskBytes, int prompt, @Nullable String upstreamName, PriceList prices,
        @JsonProperty("output-tokens") @Nullable OutputTokens outputTokens,
        @JsonProperty("ask-base64") boolean askBase64, SizeRule sizes, Map<String, ParameterRule> parameters) {

    /** Keeps the parameters in the registry's order, and refuses limits that let nothing through. */
    public ModelEntry {
        parameters = Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
        if (prompt < 1 || maskBytes < 1) {
            throw new IllegalArgumentException("prompt and mask-bytes must be at least 1");
        }
        if (outputTokens == null && !prices.perMillionTokens().isEmpty()) {
            throw new IllegalArgumentException("prices per token need output-tokens");
        }
    }

    /** The same model with another day of retirement. */
    ModelEntry withSunset(LocalDate day) {
        return new ModelEntry(released, day, ownedBy, images, maskBytes, prompt, upstreamName, prices, outputTokens,
                askBase64, sizes,
                parameters);
    }

    /**
     * What a model takes as images.
     *
     * @param most how many
     * @param bytes each must be smaller than this
     * @param formats wire names of their formats
     * @param pixels the most pixels that each may say it has
     * @param square whether they must be as wide as high
     * @param ownAlphaIsMask whether, without a mask, only the image's own transparent area may change
     */
    public record ImageRule(int most, long bytes, List<String> formats, long pixels, boolean square,
            boolean ownAlphaIsMask) {

        /** Refuses a rule that lets no image through. */
        public ImageRule {
            if (most < 1 || bytes < 1 || pixels < 1 || formats.isEmpty()) {
                throw new IllegalArgumentException("most, bytes and pixels must be at least 1, and formats not empty");
            }
            List<String> known = Arrays.stream(ImageFormat.values()).map(ImageFormat::wireName).toList();
            if (!known.containsAll(formats)) {
                throw new IllegalArgumentException("formats can be " + ValueList.of(known));
            }
            formats = List.copyOf(formats);
        }
    }

    /** How the gateway deals with a parameter. */
    public enum Handling {
        /** It is passed on to the upstream. */
        FORWARD,
        /** The gateway does itself what it asks for. */
        SERVE,
        /** It is taken but not passed on, and the answer says so. */
        DROP
    }

    /**
     * What a parameter may be.
     *
     * @param values the allowed values, where there are few
     * @param minimum the smallest integer
     * @param maximum the largest integer
     * @param defaultValue what it is when it is not given
     * @param handling what is done with it
     */
    public record ParameterRule(@Nullable List<String> values, @Nullable Integer minimum, @Nullable Integer maximum,
            @JsonProperty("default") @Nullable String defaultValue, @Nullable Handling handling) {

        /** Refuses a rule that contradicts itself. */
        public ParameterRule {
            if ((minimum == null) != (maximum == null) || (minimum != null && maximum != null && minimum > maximum)) {
                throw new IllegalArgumentException("minimum and maximum go together, the smaller one first");
            }
            if (values != null && defaultValue != null && !values.contains(defaultValue)) {
                throw new IllegalArgumentException("the default '" + defaultValue + "' is not among the values");
            }
        }

        /** What is done with it, forwarding unless the registry says otherwise. */
        public Handling handlingOrForward() {
            return handling == null ? Handling.FORWARD : handling;
        }
    }
}
