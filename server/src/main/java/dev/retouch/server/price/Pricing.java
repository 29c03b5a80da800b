package dev.retouch.server.price;

import java.math.BigDecimal;
import java.util.Collection;
import java.util.List;

import com.knuddels.jtokkit.Encodings;
import com.knuddels.jtokkit.api.Encoding;
import com.knuddels.jtokkit.api.EncodingType;

import dev.retouch.server.model.ModelEntry;
import dev.retouch.server.model.OutputTokens;
import dev.retouch.server.model.PriceList;
import dev.retouch.server.price.PricedEdit.Dimensions;

/**
 * Prices edits. Text is counted by the models' own encoding (o200k_base). Images that are sent are counted by the rule that
 * OpenAI publishes for its GPT image models ("Calculating costs" in the images and vision guide): scaled down to fit 2048x2048,
 * then so that the shorter side is 512, an image costs 65 tokens and 129 for each 512x512 tile; {@code input_fidelity=high} adds
 * 4160 for a square one and 6240 for any other. Images that are returned cost what the registry's table says.
 */
public final class Pricing {

    private static final BigDecimal MILLION = BigDecimal.valueOf(1_000_000);
    private static final int BASE = 65;
    private static final int PER_TILE = 129;
    private static final int FIDELITY_SQUARE = 4160;
    private static final int FIDELITY_OTHER = 6240;
    /** For an image that nobody here has seen: as many tiles as one of 8 to 1 has. */
    private static final int MOST_TILES = 8;

    private final Encoding encoding = Encodings.newLazyEncodingRegistry().getEncoding(EncodingType.O200K_BASE);

    /** What an edit can cost. Exact where size and quality are named, as far as the upstream's figures are known. */
    public PriceRange quote(PricedEdit edit) {
        PriceList prices = edit.entry().prices();
        if (!prices.perImage().isEmpty()) {
            List<BigDecimal> perImage = perImage(edit);
            BigDecimal count = BigDecimal.valueOf(edit.count());
            return new PriceRange(perImage.stream().reduce(BigDecimal::min).orElse(BigDecimal.ZERO).multiply(count),
                    perImage.stream().reduce(BigDecimal::max).orElse(BigDecimal.ZERO).multiply(count));
        }
        return new PriceRange(price(prices, usage(edit, false, edit.count())),
                price(prices, usage(edit, true, edit.count())));
    }

    /** What a usage costs, where tokens have a price. */
    public BigDecimal price(PriceList prices, TokenUsage usage) {
        return part(prices, "text-input", usage.textInput()).add(part(prices, "image-input", usage.imageInput()))
                .add(part(prices, "image-output", usage.output()));
    }

    /** What so many delivered images cost where the upstream reported no usage: the most that each can have cost. */
    public BigDecimal priceOfDelivered(PricedEdit edit, int delivered) {
        PriceList prices = edit.entry().prices();
        return prices.perImage().isEmpty()
                ? price(prices, usage(edit, true, delivered))
                : perImage(edit).stream().reduce(BigDecimal::max).orElse(BigDecimal.ZERO)
                        .multiply(BigDecimal.valueOf(delivered));
    }

    private TokenUsage usage(PricedEdit edit, boolean most, int images) {
        boolean high = "high".equals(edit.parameters().get("input_fidelity"));
        long input = edit.images().stream().mapToLong(image -> input(image, high, most)).sum();
        long partials = "true".equals(edit.parameters().get("stream"))
                ? Long.parseLong(edit.parameters().getOrDefault("partial_images", "0"))
                : 0;
        return new TokenUsage(encoding.countTokensOrdinary(edit.prompt()), input,
                images * (output(edit, most) + partials * outputTokens(edit.entry()).partialImage()));
    }

    private static long input(Dimensions image, boolean highFidelity, boolean most) {
        if (image.equals(Dimensions.UNKNOWN)) {
            return most ? BASE + PER_TILE * MOST_TILES + (highFidelity ? FIDELITY_OTHER : 0) : BASE + PER_TILE;
        }
        int longer = Math.max(image.width(), image.height());
        int shorter = Math.min(image.width(), image.height());
        // the shorter side is one tile high, and the longer one as many as it has times the shorter one's length
        long tiles = Math.ceilDiv(Math.round(512.0 * longer / shorter), 512);
        int fidelity = longer == shorter ? FIDELITY_SQUARE : FIDELITY_OTHER;
        return BASE + PER_TILE * tiles + (highFidelity ? fidelity : 0);
    }

    private static long output(PricedEdit edit, boolean most) {
        OutputTokens table = outputTokens(edit.entry());
        Collection<String> qualities = chosen(edit, "quality", table.byQuality().keySet());
        Collection<String> sizes = chosen(edit, "size", named(edit.entry()));
        var figures = qualities.stream().flatMapToLong(quality -> sizes.stream().mapToLong(
                size -> table.of(quality, size)));
        return most ? figures.max().orElse(0) : figures.min().orElse(0);
    }

    /** What a parameter is, or everything that it can become where the upstream chooses. */
    private static Collection<String> chosen(PricedEdit edit, String parameter, Collection<String> all) {
        String value = edit.parameters().getOrDefault(parameter, "auto");
        return value.equals("auto") ? all : List.of(value);
    }

    private static List<String> named(ModelEntry entry) {
        return entry.sizes().values().stream().filter(size -> !size.equals("auto")).toList();
    }

    private static List<BigDecimal> perImage(PricedEdit edit) {
        String size = edit.parameters().getOrDefault("size", edit.entry().sizes().defaultSize());
        BigDecimal price = edit.entry().prices().perImage().get(size);
        return price == null ? List.copyOf(edit.entry().prices().perImage().values()) : List.of(price);
    }

    private static OutputTokens outputTokens(ModelEntry entry) {
        OutputTokens table = entry.outputTokens();
        if (table == null) {
            throw new IllegalStateException("a model with token prices and without token figures");
        }
        return table;
    }

    private static BigDecimal part(PriceList prices, String kind, long tokens) {
        return prices.perMillionTokens().getOrDefault(kind, BigDecimal.ZERO).multiply(BigDecimal.valueOf(tokens))
                .divide(MILLION);
    }
}
