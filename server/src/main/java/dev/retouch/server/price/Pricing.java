package dev.retouch.server.price;

import java.math.BigDecimal;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

import dev.retouch.server.model.ModelEntry;
import dev.retouch.server.model.PriceList;
import dev.retouch.server.model.PriceList.Kind;
import dev.retouch.server.model.SvgRule;
import dev.retouch.server.price.ReportedUsage.SvgUsage;

/**
 * Prices edits: what one can cost, for the hold, and what one did cost, for the charge. Prices and figures of tokens are the
 * registry's; {@link TokenEstimate} applies them to an edit.
 */
public final class Pricing {

    /**
     * A reported cost above so many times the dearest image of the model is a mistake of the upstream. Figures of input tokens that are
     * not published, such as those of images that are read with high fidelity, stay well below.
     */
    private static final BigDecimal BELIEVED = BigDecimal.valueOf(4);

    private final TokenEstimate estimate = new TokenEstimate();

    /** The same edit with the tokens of its prompt, so that they are counted once for its hold and its charge. */
    public PriceInput counted(PriceInput edit) {
        return !isPerImage(edit.entry().prices()) ? edit.withPromptTokens(estimate.text(edit)) : edit;
    }

    /** What an edit can cost. The maximum is an upper bound: it covers what the provider publishes for the quality and size. */
    public PriceRange quote(PriceInput edit) {
        BigDecimal count = BigDecimal.valueOf(edit.count());
        PriceList prices = edit.entry().prices();
        if (isPerImage(prices)) {
            List<BigDecimal> perImage = perImage(edit);
            return new PriceRange(perImage.stream().reduce(BigDecimal::min).orElse(BigDecimal.ZERO).multiply(count),
                    perImage.stream().reduce(BigDecimal::max).orElse(BigDecimal.ZERO).multiply(count));
        }
        return new PriceRange(input(edit, false).add(estimate.cheapestImage(edit).multiply(count)),
                maxCost(edit, estimate.dearestImage(edit)));
    }

    /** The cost of a usage, for models with token prices. */
    public BigDecimal price(PriceList prices, ReportedUsage usage) {
        Map<Kind, BigDecimal> perMillion = prices.tokenPrices();
        return part(perMillion, Kind.TEXT_INPUT, usage.textInput() - usage.cachedTextInput())
                .add(part(perMillion, Kind.CACHED_TEXT_INPUT, usage.cachedTextInput()))
                .add(part(perMillion, Kind.IMAGE_INPUT, usage.imageInput() - usage.cachedImageInput()))
                .add(part(perMillion, Kind.CACHED_IMAGE_INPUT, usage.cachedImageInput()))
                .add(part(perMillion, Kind.TEXT_OUTPUT, usage.textOutput()))
                .add(part(perMillion, Kind.IMAGE_OUTPUT, usage.imageOutput()));
    }

    /** The maximum cost of delivered images if the upstream reported no usage. */
    public BigDecimal priceOfDelivered(PriceInput edit, int delivered) {
        return !isPerImage(edit.entry().prices())
                ? input(edit, true).add(estimate.dearestImage(edit).multiply(BigDecimal.valueOf(delivered)))
                        .add(svgBound(edit))
                : perImage(edit).stream().reduce(BigDecimal::max).orElse(BigDecimal.ZERO)
                        .multiply(BigDecimal.valueOf(delivered));
    }

    /**
     * What an edit is charged that delivered images: the cost that the upstream states, where the registry says that it wins; otherwise
     * what its tokens cost, or what so many images cost where no tokens were reported or images have a price. A reported figure that is
     * below zero, or beyond any image of the model, is not believed: the edit is charged what was held for it.
     *
     * @param delivered how many images
     * @param reported what the upstream reported, if anything
     * @param held what was held for the edit
     */
    public Charge charge(PriceInput edit, int delivered, Optional<ReportedUsage> reported, BigDecimal held) {
        PriceList prices = edit.entry().prices();
        ReportedUsage usage = reported.orElse(ReportedUsage.NONE);
        if (usage.isAbsurd()) {
            return new Charge(held, ReportedUsage.NONE, "charged as held: the reported usage cannot be right");
        }
        BigDecimal stated = usage.reportedCost();
        boolean byStatement = prices.chargesReportedCost() && stated != null;
        if (!byStatement && (isPerImage(prices) || !usage.hasTokens())) {
            return new Charge(priceOfDelivered(edit, delivered), usage, null);
        }
        BigDecimal cost = byStatement && stated != null
                ? stated
                : price(prices, usage).add(svgPrice(edit.entry(), usage.svg()));
        if (isBeyondBelief(cost, edit)) {
            return new Charge(held, ReportedUsage.NONE, "charged as held: the reported "
                    + (byStatement ? "cost" : "usage") + " is more than any image of the model costs");
        }
        return new Charge(cost, usage.countingSvgAsText(), null);
    }

    /** What this edit can cost is compared first, because the dearest images of the model cost more and take longer to find. */
    private boolean isBeyondBelief(BigDecimal cost, PriceInput edit) {
        return cost.compareTo(BELIEVED.multiply(quote(edit).maximum())) > 0
                && cost.compareTo(BELIEVED.multiply(dearest(edit))) > 0;
    }

    /** What the edit could cost at most if it asked for the dearest images of its model. */
    private BigDecimal dearest(PriceInput edit) {
        PriceList prices = edit.entry().prices();
        return !isPerImage(prices)
                ? maxCost(edit, estimate.dearestImageOfModel(edit))
                : allPerImage(edit).stream().reduce(BigDecimal::max).orElse(BigDecimal.ZERO)
                        .multiply(BigDecimal.valueOf(edit.count()));
    }

    private BigDecimal maxCost(PriceInput edit, BigDecimal image) {
        return input(edit, true).add(image.multiply(BigDecimal.valueOf(edit.count()))).add(svgBound(edit));
    }

    private BigDecimal input(PriceInput edit, boolean upperBound) {
        return price(edit.entry().prices(),
                ReportedUsage.tokens(estimate.text(edit), estimate.images(edit, upperBound), 0));
    }

    /** The most that the text model can cost which writes the vector image of an edit. */
    private static BigDecimal svgBound(PriceInput edit) {
        SvgRule rule = edit.entry().svg();
        if (rule == null || !"svg".equals(edit.parameters().get("output_format"))) {
            return BigDecimal.ZERO;
        }
        SvgRule.TextPrice named = rule.models().get(edit.parameters().getOrDefault(ModelEntry.SVG_MODEL, ""));
        Collection<SvgRule.TextPrice> possible = named == null ? rule.models().values() : List.of(named);
        return possible.stream().map(price -> price.of(rule.maxInputTokens(), rule.maxOutputTokens()))
                .reduce(BigDecimal::max).orElse(BigDecimal.ZERO);
    }

    /** What the text model cost; the dearest that the registry knows where it is another one. */
    private static BigDecimal svgPrice(ModelEntry entry, @Nullable SvgUsage written) {
        SvgRule rule = entry.svg();
        if (rule == null || written == null) {
            return BigDecimal.ZERO;
        }
        SvgRule.TextPrice named = rule.models().get(written.model());
        Collection<SvgRule.TextPrice> possible = named == null ? rule.models().values() : List.of(named);
        return possible.stream().map(price -> price.of(written.input(), written.output())).reduce(BigDecimal::max)
                .orElse(BigDecimal.ZERO);
    }

    /** Whether an image has a price that does not depend on tokens. */
    private static boolean isPerImage(PriceList prices) {
        return prices.perMillionTokens().isEmpty();
    }

    /** The prices of every size of the model. */
    private static Collection<BigDecimal> allPerImage(PriceInput edit) {
        PriceList.MegapixelPrice price = edit.entry().prices().perMegapixel();
        return price == null
                ? edit.entry().prices().perImage().values()
                : List.of(price.of(Megapixels.most(edit)));
    }

    private static List<BigDecimal> perImage(PriceInput edit) {
        PriceList.MegapixelPrice perMegapixel = edit.entry().prices().perMegapixel();
        if (perMegapixel != null) {
            return List.of(perMegapixel.of(Megapixels.least(edit)), perMegapixel.of(Megapixels.of(edit)));
        }
        String size = edit.parameters().getOrDefault("size", edit.entry().sizes().defaultSize());
        BigDecimal price = edit.entry().prices().perImage().get(size);
        return price == null ? List.copyOf(edit.entry().prices().perImage().values()) : List.of(price);
    }

    private static BigDecimal part(Map<Kind, BigDecimal> perMillion, Kind kind, long tokens) {
        return perMillion.getOrDefault(kind, BigDecimal.ZERO).multiply(BigDecimal.valueOf(tokens)).movePointLeft(6);
    }
}
