package dev.retouch.server.price;

import java.math.BigDecimal;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;

import dev.retouch.server.image.Dimensions;
import dev.retouch.server.model.AnimationRule;
import dev.retouch.server.model.ModelEntry;
import dev.retouch.server.model.OutputTokens;
import dev.retouch.server.model.PixelSize;
import dev.retouch.server.model.PriceList.Kind;
import dev.retouch.server.model.SizeRule;

/**
 * Estimates the tokens of an edit before it runs. Text is counted by the models' own encoding (o200k_base). Images that are sent are
 * counted by the rule that OpenAI publishes for its GPT image models ("Calculating costs" in the images and vision guide): scaled
 * down to fit 2048x2048, then so that the shorter side is 512, an image costs 65 tokens and 129 for each 512x512 tile;
 * {@code input_fidelity=high} adds 4160 for a square image and 6240 for any other. Images that are returned cost what the registry's
 * figures say for their quality and size, and never less than the provider publishes for them.
 */
final class TokenEstimate {

    private static final int BASE = 65;
    private static final int PER_TILE = 129;
    private static final int FIDELITY_SQUARE = 4160;
    private static final int FIDELITY_OTHER = 6240;
    /** For an image that the upstream fetches: as many tiles as one of 8 to 1 has. */
    private static final int MAX_TILES = 8;
    private static final String AUTO = "auto";

    /** The vocabulary of o200k_base is in the library that the mock upstream counts with. */
    private static final TokenCounter COUNTER = new TokenCounter(
            TokenVocabulary.read("/com/knuddels/jtokkit/o200k_base.tiktoken"));

    /** Tokens of the prompt. */
    long text(PriceInput edit) {
        Long counted = edit.promptTokens();
        return counted == null ? COUNTER.count(edit.prompt()) : counted;
    }

    /** Tokens of the images that are sent. A markup image may count as a further image. */
    long images(PriceInput edit, boolean upperBound) {
        Long perImage = edit.entry().inputTokens();
        if (perImage != null) {
            return upperBound ? perImage * edit.images().size() : 0;
        }
        boolean high = "high".equals(edit.parameters().get("input_fidelity"));
        Stream<Dimensions> counted = upperBound
                ? Stream.concat(edit.images().stream(), edit.markup().stream())
                : edit.images().stream();
        return counted.mapToLong(image -> image(image, high, upperBound)).sum();
    }

    private static long image(Dimensions image, boolean highFidelity, boolean upperBound) {
        if (image.equals(Dimensions.UNKNOWN)) {
            return upperBound ? BASE + PER_TILE * MAX_TILES + (highFidelity ? FIDELITY_OTHER : 0) : BASE + PER_TILE;
        }
        int longer = Math.max(image.width(), image.height());
        int shorter = Math.min(image.width(), image.height());
        // the shorter side is one tile high, and the longer side as many as it has times the length of the shorter side
        long tiles = Math.ceilDiv(Math.round(512.0 * longer / shorter), 512);
        int fidelity = longer == shorter ? FIDELITY_SQUARE : FIDELITY_OTHER;
        return BASE + PER_TILE * tiles + (highFidelity ? fidelity : 0);
    }

    /** The least that a returned image of this edit can cost, without partial images: fewer may be streamed than asked for. */
    BigDecimal cheapestImage(PriceInput edit) {
        OutputTokens table = table(edit.entry());
        List<PixelSize> sizes = edit.animated() ? sheets(edit, false) : sizes(edit);
        long tokens = qualities(edit, table).stream()
                .flatMap(quality -> sizes.stream().map(size -> table.of(quality, size))).min(Long::compare).orElse(0L);
        return price(edit, tokens);
    }

    /** The most that a returned image of this edit can cost, with its partial images. */
    BigDecimal dearestImage(PriceInput edit) {
        OutputTokens table = table(edit.entry());
        return dearest(edit, qualities(edit, table), edit.animated() ? sheets(edit, true) : sizes(edit));
    }

    /** The most that any image of the model can cost. */
    BigDecimal dearestImageOfModel(PriceInput edit) {
        SizeRule.Flexible free = edit.entry().sizes().flexible();
        Stream<PixelSize> largest = free == null ? Stream.empty() : Stream.of(PixelSize.square(free.maxPixels()));
        return dearest(edit, table(edit.entry()).qualities(), Stream.concat(named(edit.entry()), largest).toList());
    }

    private static BigDecimal dearest(PriceInput edit, Collection<String> qualities, List<PixelSize> sizes) {
        OutputTokens table = table(edit.entry());
        BigDecimal image = qualities.stream().flatMap(quality -> sizes.stream().map(size -> {
            BigDecimal byTokens = price(edit, table.of(quality, size));
            return edit.entry().prices().publishedPrice(quality, size.toString()).map(byTokens::max).orElse(byTokens);
        })).reduce(BigDecimal::max).orElse(BigDecimal.ZERO);
        return image.add(price(edit, partials(edit) * table.partialImage()));
    }

    private static long partials(PriceInput edit) {
        return "true".equals(edit.parameters().get("stream"))
                ? Long.parseLong(edit.parameters().getOrDefault("partial_images", "0"))
                : 0;
    }

    private static BigDecimal price(PriceInput edit, long tokens) {
        return edit.entry().prices().tokenPrices().getOrDefault(Kind.IMAGE_OUTPUT, BigDecimal.ZERO)
                .multiply(BigDecimal.valueOf(tokens)).movePointLeft(6);
    }

    private static Collection<String> qualities(PriceInput edit, OutputTokens table) {
        String quality = edit.parameters().getOrDefault("quality", AUTO);
        return quality.equals(AUTO) ? table.qualities() : List.of(quality);
    }

    private static List<PixelSize> sizes(PriceInput edit) {
        String size = size(edit);
        return size.equals(AUTO) ? named(edit.entry()).toList() : List.of(PixelSize.parse(size));
    }

    /** The sheet of an animation; where the model chooses its size, the smallest or largest that there can be. */
    private static List<PixelSize> sheets(PriceInput edit, boolean upperBound) {
        AnimationRule animation = edit.entry().animation();
        String size = size(edit);
        if (animation != null && !size.equals(AUTO)) {
            return List.of(animation.sheet(edit.frames()).of(PixelSize.parse(size)));
        }
        SizeRule.Flexible free = edit.entry().sizes().flexible();
        return free == null
                ? named(edit.entry()).toList()
                : List.of(PixelSize.square(upperBound ? free.maxPixels() : free.minPixels()));
    }

    private static String size(PriceInput edit) {
        return edit.parameters().getOrDefault("size", edit.entry().sizes().defaultSize());
    }

    private static Stream<PixelSize> named(ModelEntry entry) {
        return entry.sizes().values().stream().filter(size -> !size.equals(AUTO)).map(PixelSize::parse);
    }

    private static OutputTokens table(ModelEntry entry) {
        OutputTokens table = entry.outputTokens();
        if (table == null) {
            throw new IllegalStateException("a model with token prices and without token figures");
        }
        return table;
    }
}
