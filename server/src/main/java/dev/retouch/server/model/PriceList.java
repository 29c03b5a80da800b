package dev.retouch.server.model;

import java.math.BigDecimal;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import com.fasterxml.jackson.annotation.JsonProperty;
import org.jspecify.annotations.Nullable;

/**
 * The prices of a model: per million tokens, or per delivered image by its size. Decimal, never floating point.
 *
 * @param currency as in ISO 4217
 * @param version names this list, so that a charge can say by which prices it was made
 * @param perMillionTokens by kind of token; empty where images have a price
 * @param perImage by size; empty where tokens have a price
 * @param published what the provider says that an image costs, by quality; a hold is never smaller. Null where it says nothing
 * @param perMegapixel by the pixels that are sent and returned; null where tokens or images have a price
 * @param reported whether the cost that an upstream states is charged instead of this list; null means no
 */
public record PriceList(String currency, String version,
        @JsonProperty("per-million-tokens") Map<String, BigDecimal> perMillionTokens,
        @JsonProperty("per-image") Map<String, BigDecimal> perImage,
        @Nullable Map<String, PublishedPrice> published,
        @JsonProperty("per-megapixel") @Nullable MegapixelPrice perMegapixel, @Nullable Boolean reported) {

    /** Kinds of tokens, with their names in the registry. */
    public enum Kind {
        /** Of the prompt. */
        TEXT_INPUT("text-input"),
        /** Of the prompt, where the upstream read it from its cache. */
        CACHED_TEXT_INPUT("cached-text-input"),
        /** Of the images that are sent. */
        IMAGE_INPUT("image-input"),
        /** Of the images that are sent, where the upstream read them from its cache. */
        CACHED_IMAGE_INPUT("cached-image-input"),
        /** Of text that the model writes. */
        TEXT_OUTPUT("text-output"),
        /** Of the images that are returned. */
        IMAGE_OUTPUT("image-output");

        private final String id;

        Kind(String id) {
            this.id = id;
        }

        /** Its name in the registry. */
        public String id() {
            return id;
        }
    }

    /**
     * Dollars per image, as published for three sizes.
     *
     * @param square of 1024x1024
     * @param portrait of 1024x1536
     * @param landscape of 1536x1024
     */
    public record PublishedPrice(BigDecimal square, BigDecimal portrait, BigDecimal landscape) {

        Optional<BigDecimal> of(String size) {
            return switch (size) {
                case "1024x1024" -> Optional.of(square);
                case "1024x1536" -> Optional.of(portrait);
                case "1536x1024" -> Optional.of(landscape);
                default -> Optional.empty();
            };
        }
    }

    /**
     * The price of an image by the megapixels of the result and of the images that are sent; a begun megapixel counts as one.
     *
     * @param first the price of the first megapixel
     * @param further the price of each further megapixel
     */
    public record MegapixelPrice(BigDecimal first, BigDecimal further) {

        /** Rejects prices below zero. */
        public MegapixelPrice {
            if (first.signum() < 0 || further.signum() < 0) {
                throw new IllegalArgumentException("a price must not be below zero");
            }
        }

        /** The price of so many megapixels, at least one. */
        public BigDecimal of(long megapixels) {
            return first.add(further.multiply(BigDecimal.valueOf(megapixels - 1)));
        }
    }

    /** Refuses a list with no price, with both forms, with an unknown kind of token, or with a price below zero. */
    public PriceList {
        perMillionTokens = perMillionTokens == null ? Map.of() : Map.copyOf(perMillionTokens);
        perImage = perImage == null ? Map.of() : Map.copyOf(perImage);
        published = published == null ? null : Map.copyOf(published);
        int forms = (perMillionTokens.isEmpty() ? 0 : 1) + (perImage.isEmpty() ? 0 : 1)
                + (perMegapixel == null ? 0 : 1);
        if (forms != 1) {
            throw new IllegalArgumentException("give one of per-million-tokens, per-image and per-megapixel");
        }
        for (String kind : perMillionTokens.keySet()) {
            if (Arrays.stream(Kind.values()).noneMatch(known -> known.id().equals(kind))) {
                throw new IllegalArgumentException("there is no kind of token '" + kind + "'; the kinds are "
                        + Arrays.stream(Kind.values()).map(Kind::id).collect(Collectors.joining(", ")));
            }
        }
        if (Stream.concat(perMillionTokens.values().stream(), perImage.values().stream())
                .anyMatch(price -> price.signum() < 0)) {
            throw new IllegalArgumentException("a price must not be below zero");
        }
    }

    /** A list without published prices, whose own prices are charged. */
    public PriceList(String currency, String version, Map<String, BigDecimal> perMillionTokens,
            Map<String, BigDecimal> perImage) {
        this(currency, version, perMillionTokens, perImage, null, null, null);
    }

    /** Whether the cost that an upstream states is charged instead of this list. */
    public boolean chargesReportedCost() {
        return Boolean.TRUE.equals(reported);
    }

    /**
     * Every kind of token with its price. A cached token without a separate price costs as much as a token that is not cached,
     * and a token of text output what one of image output costs: nothing is free because a line is missing.
     */
    public Map<Kind, BigDecimal> tokenPrices() {
        Map<Kind, BigDecimal> prices = new EnumMap<>(Kind.class);
        for (Kind kind : Kind.values()) {
            Kind otherwise = switch (kind) {
                case CACHED_TEXT_INPUT -> Kind.TEXT_INPUT;
                case CACHED_IMAGE_INPUT -> Kind.IMAGE_INPUT;
                case TEXT_OUTPUT -> Kind.IMAGE_OUTPUT;
                case TEXT_INPUT, IMAGE_INPUT, IMAGE_OUTPUT -> kind;
            };
            BigDecimal price = perMillionTokens.getOrDefault(kind.id(), perMillionTokens.get(otherwise.id()));
            prices.put(kind, price == null ? BigDecimal.ZERO : price);
        }
        return prices;
    }

    /** What the provider says that an image of this quality and size costs, if it says anything. */
    public Optional<BigDecimal> publishedPrice(String quality, String size) {
        PublishedPrice price = published == null ? null : published.get(quality);
        return price == null ? Optional.empty() : price.of(size);
    }
}
