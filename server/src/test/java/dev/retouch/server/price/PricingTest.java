package dev.retouch.server.price;

import java.math.BigDecimal;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import dev.retouch.server.model.ModelEntry;
import dev.retouch.server.model.ModelRegistry;
import dev.retouch.server.price.PricedEdit.Dimensions;

import static org.assertj.core.api.Assertions.assertThat;

/** Figures worked out by hand from the published prices and tables. */
class PricingTest {

    private static final Dimensions SQUARE = new Dimensions(512, 512);

    private final Pricing pricing = new Pricing();
    private final ModelRegistry models = ModelRegistry.shipped();

    /** The prompt "a red balloon" has 3 tokens, a square image 194. */
    @ParameterizedTest
    @CsvSource({"gpt-image-2, high, 1024x1024, 1, 0.126367, 0.126367",
            "gpt-image-2, high, 1024x1024, 3, 0.375967, 0.375967",
            "gpt-image-2, auto, 1024x1024, 1, 0.009727, 0.126367",
            "gpt-image-2, low, auto, 1, 0.009727, 0.013807",
            "gpt-image-2, low, 1024x640, 1, 0.006667, 0.006667",
            "gpt-image-1, high, 1024x1024, 1, 0.168355, 0.168355",
            "gpt-image-2.5-flare, xhigh, 1024x1024, 1, 0.251167, 0.251167"})
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

        BigDecimal rest = pricing.price(entry("gpt-image-1").prices(), new TokenUsage(3, 0, 272));
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
    void deliveredImagesWithoutAUsageCostTheMostThatEachCanHaveCost() {
        PricedEdit tokens = edit("gpt-image-2", Map.of("quality", "high", "size", "1024x1024", "n", "4"), SQUARE);
        assertThat(pricing.priceOfDelivered(tokens, 1)).isEqualByComparingTo("0.126367");
        PricedEdit images = edit("dall-e-2", Map.of("n", "4"), SQUARE);
        assertThat(pricing.priceOfDelivered(images, 3)).isEqualByComparingTo("0.06");
    }

    @Test
    void anImageThatNobodyHasSeenCountsAsALargeOne() {
        PriceRange range = pricing.quote(edit("gpt-image-2", Map.of("quality", "low", "size", "1024x1024"),
                Dimensions.UNKNOWN));
        assertThat(range.minimum()).isLessThan(range.maximum());
    }

    private PricedEdit edit(String model, Map<String, String> parameters, Dimensions image) {
        return new PricedEdit(entry(model), "a red balloon", parameters, List.of(image));
    }

    private ModelEntry entry(String model) {
        return models.find(model).orElseThrow();
    }
}
