package dev.retouch.server.price;

import java.math.BigDecimal;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import dev.retouch.server.image.Dimensions;
import dev.retouch.server.model.ModelEntry;
import dev.retouch.server.model.ModelRegistry;
import dev.retouch.server.model.PriceList;

import static org.assertj.core.api.Assertions.assertThat;

/** Figures worked out by hand from the published prices and tables. */
@Tag("slow")
class PricingTest {

    private static final Dimensions SQUARE = new Dimensions(512, 512);

    private final Pricing pricing = new Pricing();
    private final ModelRegistry models = ModelRegistry.shipped();

    /** The prompt "a red balloon" has 3 tokens, a square image 194. */
    @ParameterizedTest
    @CsvSource({"gpt-image-2, high, 1024x1024, 1, 0.212287, 0.212567",
            "gpt-image-2, high, 1024x1024, 3, 0.633727, 0.634567",
            "gpt-image-2, auto, 1024x1024, 1, 0.007447, 0.212567",
            "gpt-image-2, low, auto, 1, 0.006307, 0.007567",
            "gpt-image-2, low, 1024x640, 1, 0.004777, 0.004777",
            "gpt-image-1, high, 1024x1024, 1, 0.168355, 0.168955",
            "gpt-image-1-mini, low, 1024x1024, 1, 0.002667, 0.005491",
            "gpt-image-2.5-flare, xhigh, 1024x1024, 1, 0.212287, 0.212287"})
    void tokens(String model, String quality, String size, int count, BigDecimal minimum, BigDecimal maximum) {
        PriceRange range = pricing
                .quote(edit(model, Map.of("quality", quality, "size", size, "n", "" + count), SQUARE));

        assertThat(range.minimum()).isEqualByComparingTo(minimum);
        assertThat(range.maximum()).isEqualByComparingTo(maximum);
    }

    @ParameterizedTest
    @CsvSource({"512, 512, low, 194", "1024, 512, low, 323", "64, 64, low, 194", "3000, 1000, low, 452",
            "1000, 3000, low, 452", "512, 512, high, 4354", "1024, 512, high, 6563"})
    void imagesThatAreSent(int width, int height, String fidelity, long tokens) {
        Map<String, String> parameters = Map.of("quality", "low", "size", "1024x1024", "input_fidelity", fidelity);
        PriceRange range = pricing.quote(edit("gpt-image-1", parameters, new Dimensions(width, height)));

        BigDecimal rest = pricing.price(entry("gpt-image-1").prices(), ReportedUsage.tokens(3, 0, 275));
        assertThat(range.maximum().subtract(rest)).isEqualByComparingTo(BigDecimal.valueOf(tokens).movePointLeft(5));
    }

    @Test
    void everyStreamedPartialImageCostsMore() {
        Map<String, String> parameters = new HashMap<>(Map.of("quality", "low", "size", "1024x1024", "stream", "true"));
        BigDecimal none = pricing.quote(edit("gpt-image-2", parameters, SQUARE)).maximum();
        parameters.put("partial_images", "3");
        BigDecimal three = pricing.quote(edit("gpt-image-2", parameters, SQUARE)).maximum();

        assertThat(three.subtract(none)).isEqualByComparingTo("0.009");
    }

    @ParameterizedTest
    @CsvSource({"256x256, 1, 0.016", "512x512, 2, 0.036", "1024x1024, 10, 0.2"})
    void perImage(String size, int count, BigDecimal price) {
        PriceRange range = pricing.quote(edit("dall-e-2", Map.of("size", size, "n", "" + count), SQUARE));

        assertThat(range.minimum()).isEqualByComparingTo(price);
        assertThat(range.maximum()).isEqualByComparingTo(price);
    }

    @Test
    void imagesWithoutUsageCostTheirMaximum() {
        PriceInput tokens = edit("gpt-image-2", Map.of("quality", "high", "size", "1024x1024", "n", "4"), SQUARE);
        assertThat(pricing.priceOfDelivered(tokens, 1)).isEqualByComparingTo("0.212567");
        PriceInput images = edit("dall-e-2", Map.of("n", "4"), SQUARE);
        assertThat(pricing.priceOfDelivered(images, 3)).isEqualByComparingTo("0.06");
    }

    @Test
    void unknownDimensionsCountAsLarge() {
        PriceRange range = pricing.quote(edit("gpt-image-2", Map.of("quality", "low", "size", "1024x1024"),
                Dimensions.UNKNOWN));
        assertThat(range.minimum()).isLessThan(range.maximum());
    }

    /** The example of the field: cached tokens and text output have separate prices. */
    @Test
    void chargesEachKindOfTokenByItsOwnPrice() {
        ReportedUsage usage = new ReportedUsage(1000, 400, 2000, 500, 100, 1056, null);

        // 600 x 5 + 400 x 1.25 + 1500 x 8 + 500 x 2 + 100 x 10 + 1056 x 30, per million
        assertThat(charge("gpt-image-2", Map.of(), 1, usage).cost()).isEqualByComparingTo("0.04918");
        // mini: 600 x 2 + 400 x 0.20 + 1500 x 2.50 + 500 x 0.25 + 100 x 8 (no separate price) + 1056 x 8
        assertThat(charge("gpt-image-1-mini", Map.of(), 1, usage).cost()).isEqualByComparingTo("0.014403");
    }

    private Charge charge(String model, Map<String, String> parameters, int images, ReportedUsage usage) {
        return pricing.charge(edit(model, parameters, SQUARE), images, java.util.Optional.of(usage),
                new BigDecimal("0.5"));
    }

    @Test
    void chargesTheStatedCostOnlyWhereTheRegistrySaysSo() {
        ReportedUsage usage = new ReportedUsage(3, 0, 194, 0, 0, 1756, new BigDecimal("0.0123"));
        ModelEntry listed = entry("gpt-image-2");

        assertThat(charge("gpt-image-2", Map.of(), 1, usage).cost()).isEqualByComparingTo("0.054247");

        PriceList prices = listed.prices();
        ModelEntry stated = new ModelEntry(listed.released(), listed.sunset(), listed.ownedBy(), listed.images(),
                listed.maskBytes(), listed.prompt(), listed.upstreamName(),
                new PriceList(prices.currency(), prices.version(), prices.perMillionTokens(), prices.perImage(),
                        prices.published(), null, true),
                listed.outputTokens(), listed.askBase64(), listed.sizes(), listed.parameters(), listed.markupBytes(),
                listed.animation(), listed.svg(), null, null, null);
        PriceInput edit = new PriceInput(stated, "a red balloon", Map.of(), List.of(SQUARE));
        assertThat(pricing.charge(edit, 1, java.util.Optional.of(usage), BigDecimal.ONE).cost())
                .isEqualByComparingTo("0.0123");
        // nothing stated: the list
        assertThat(pricing.charge(edit, 1, java.util.Optional.of(ReportedUsage.tokens(3, 194, 1756)), BigDecimal.ONE)
                .cost()).isEqualByComparingTo("0.054247");
        // beyond any image: not believed
        ReportedUsage wild = new ReportedUsage(3, 0, 194, 0, 0, 1756, new BigDecimal("1230"));
        Charge charge = pricing.charge(edit, 1, java.util.Optional.of(wild), BigDecimal.ONE);
        assertThat(charge.cost()).isEqualByComparingTo("1");
        assertThat(charge.note()).contains("cost");
    }

    @ParameterizedTest
    @CsvSource({"-1, 0, 0, 0, 0, 1756", "3, 4, 0, 0, 0, 1756", "3, 0, 5, 6, 0, 1756", "3, 0, 0, 0, 0, -7",
            "3, 0, 0, 0, 0, 5000000000000000", "3, 0, 0, 0, 0, 9223372036854775807", "3, 0, 0, 0, 2000000, 0",
            "3, 0, 0, 0, 0, 200000"})
    void chargesWhatWasHeldWhereTheReportIsAbsurd(long text, long cachedText, long image, long cachedImage,
            long textOutput, long output) {
        Charge charge = charge("gpt-image-2", Map.of("quality", "medium", "size", "1024x1024"), 1,
                new ReportedUsage(text, cachedText, image, cachedImage, textOutput, output, null));

        assertThat(charge.cost()).isEqualByComparingTo("0.5");
        assertThat(charge.note()).startsWith("charged as held: the reported usage");
        assertThat(charge.usage()).isEqualTo(ReportedUsage.NONE);
    }

    @Test
    void believesWhatIsMoreThanTheHoldAndStillPossible() {
        Charge charge = charge("gpt-image-2", Map.of("quality", "low", "size", "1024x1024"), 1,
                ReportedUsage.tokens(3, 6000, 7024));

        assertThat(charge.cost()).isEqualByComparingTo("0.258735");
        assertThat(charge.note()).isNull();
    }

    @Test
    void chargesTheTextModelOfAVectorImageBesideTheImage() {
        Map<String, String> parameters = Map.of("output_format", "svg", "quality", "low", "size", "1024x1024");
        ReportedUsage usage = ReportedUsage.tokens(3, 194, 830);

        BigDecimal image = charge("gpt-image-2.6-flare", parameters, 1, usage).cost();

        assertThat(charge("gpt-image-2.6-flare", parameters, 1,
                usage.with(new ReportedUsage.SvgUsage("gpt-5.4-mini", 1000, 2000))).cost().subtract(image))
                .isEqualByComparingTo("0.00975");
        assertThat(charge("gpt-image-2.6-flare", parameters, 1,
                usage.with(new ReportedUsage.SvgUsage("gpt-5.4-mini", 1000, 2000))).usage().textOutput())
                .isEqualTo(2000);
        // a text model without a price counts as the dearest
        assertThat(charge("gpt-image-2.6-flare", parameters, 1,
                usage.with(new ReportedUsage.SvgUsage("gpt-7", 1000, 2000))).cost().subtract(image))
                .isEqualByComparingTo("0.065");
    }

    @Test
    void usesTokensOfPromptThatWereCounted() {
        Map<String, String> parameters = Map.of("quality", "low", "size", "1024x1024");
        PriceInput edit = edit("gpt-image-2", parameters, SQUARE);
        assertThat(pricing.counted(edit).promptTokens()).isEqualTo(3);
        assertThat(pricing.quote(pricing.counted(edit))).isEqualTo(pricing.quote(edit));
        BigDecimal more = pricing.quote(edit.withPromptTokens(1_000_003)).maximum()
                .subtract(pricing.quote(edit).maximum());
        assertThat(more).isEqualByComparingTo(
                pricing.price(entry("gpt-image-2").prices(), ReportedUsage.tokens(1_000_000, 0, 0)));
    }

    private PriceInput edit(String model, Map<String, String> parameters, Dimensions image) {
        return new PriceInput(entry(model), "a red balloon", parameters, List.of(image));
    }

    private ModelEntry entry(String model) {
        return models.find(model).orElseThrow();
    }
}
