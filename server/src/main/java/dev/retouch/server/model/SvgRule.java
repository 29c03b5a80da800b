package dev.retouch.server.model;

import java.math.BigDecimal;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * The text models that write vector images from what an image model has drawn. They are billed in addition to the image.
 *
 * @param models prices by the id of the text model
 * @param maxInputTokens the most tokens that a text model reads for one image, for the hold
 * @param maxOutputTokens the most tokens that it writes, reasoning included, for the hold
 */
public record SvgRule(Map<String, TextPrice> models, @JsonProperty("max-input-tokens") long maxInputTokens,
        @JsonProperty("max-output-tokens") long maxOutputTokens) {

    /** Keeps the order of the models. */
    public SvgRule {
        if (models == null || models.isEmpty() || maxInputTokens < 1 || maxOutputTokens < 1) {
            throw new IllegalArgumentException("svg needs models, max-input-tokens and max-output-tokens");
        }
        models = Collections.unmodifiableMap(new LinkedHashMap<>(models));
    }

    /**
     * The price of a text model per million tokens.
     *
     * @param input of what it reads
     * @param output of what it writes
     */
    public record TextPrice(BigDecimal input, BigDecimal output) {

        /** Refuses prices below zero. */
        public TextPrice {
            if (input.signum() < 0 || output.signum() < 0) {
                throw new IllegalArgumentException("a price must not be below zero");
            }
        }

        /** The cost of so many tokens. */
        public BigDecimal of(long inputTokens, long outputTokens) {
            return input.multiply(BigDecimal.valueOf(inputTokens))
                    .add(output.multiply(BigDecimal.valueOf(outputTokens)))
                    .movePointLeft(6);
        }
    }
}
