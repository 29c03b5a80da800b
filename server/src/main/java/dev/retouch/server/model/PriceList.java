package dev.retouch.server.model;

import java.math.BigDecimal;
import java.util.Map;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * What a model costs: per million tokens, or per delivered image by its size. Decimal, never floating point.
 *
 * @param currency as in ISO 4217
 * @param version names this list, so that a charge can say by which prices it was made
 * @param perMillionTokens by kind of token: text-input, image-input, image-output; empty where images have a price
 * @param perImage by size; empty where tokens have a price
 */
public record PriceList(String currency, String version,
        @JsonProperty("per-million-tokens") Map<String, BigDecimal> perMillionTokens,
        @JsonProperty("per-image") Map<String, BigDecimal> perImage) {

    /** Refuses a list with no price, with both kinds, or with one below zero. */
    public PriceList {
        perMillionTokens = perMillionTokens == null ? Map.of() : Map.copyOf(perMillionTokens);
        perImage = perImage == null ? Map.of() : Map.copyOf(perImage);
        if (perMillionTokens.isEmpty() == perImage.isEmpty()) {
            throw new IllegalArgumentException("give either per-million-tokens or per-image");
        }
        boolean negative = perMillionTokens.values().stream().anyMatch(price -> price.signum() < 0)
                || perImage.values().stream().anyMatch(price -> price.signum() < 0);
        if (negative) {
            throw new IllegalArgumentException("a price must not be below zero");
        }
    }
}
