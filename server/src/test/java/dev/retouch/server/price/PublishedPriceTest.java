package dev.retouch.server.price;

import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

import dev.retouch.server.image.Dimensions;
import dev.retouch.server.model.ModelEntry;
import dev.retouch.server.model.ModelRegistry;

import static org.assertj.core.api.Assertions.assertThat;

/** The hold is an upper bound, and not a wild one: compared with what the provider publishes, and with what callers measured. */
class PublishedPriceTest {

    private static final BigDecimal TWO = BigDecimal.valueOf(2);
    private static final List<String> SIZES = List.of("1024x1024", "1024x1536", "1536x1024");

    /**
     * Dollars per image from the models' own pages (developers.openai.com/api/docs/models, November 2026): for each quality the
     * square, the portrait and the landscape.
     */
    private static final Map<String, Map<String, List<String>>> PUBLISHED = Map.of(
            "gpt-image-1", Map.of("low", List.of("0.011", "0.016", "0.016"), "medium",
                    List.of("0.042", "0.063", "0.063"), "high", List.of("0.167", "0.25", "0.25")),
            "gpt-image-1-mini", Map.of("low", List.of("0.005", "0.006", "0.006"), "medium",
                    List.of("0.011", "0.015", "0.015"), "high", List.of("0.036", "0.052", "0.052")),
            "gpt-image-1.5", Map.of("low", List.of("0.009", "0.013", "0.013"), "medium",
                    List.of("0.034", "0.050", "0.050"), "high", List.of("0.133", "0.200", "0.200")),
            "gpt-image-2", Map.of("low", List.of("0.006", "0.005", "0.005"), "medium",
                    List.of("0.053", "0.041", "0.041"), "high", List.of("0.211", "0.165", "0.165")),
            "dall-e-2", Map.of("auto", List.of("0.020")));

    private final Pricing pricing = new Pricing();
    private static final ModelRegistry MODELS = ModelRegistry.shipped();

    private BigDecimal most(String model, String quality, String size, Map<String, String> more) {
        Map<String, String> parameters = new java.util.HashMap<>(Map.of("quality", quality, "size", size));
        parameters.putAll(more);
        return pricing.quote(new PriceInput(MODELS.find(model).orElseThrow(), "a red balloon", parameters,
                List.of(new Dimensions(512, 512)))).maximum();
    }

    static Stream<Arguments> published() {
        Map<String, String> likeIt = Map.of("gpt-image-2-2026-04-21", "gpt-image-2", "chatgpt-image-latest",
                "gpt-image-2");
        return MODELS.all().keySet().stream().flatMap(model -> PUBLISHED
                .getOrDefault(likeIt.getOrDefault(model, model), Map.of()).entrySet().stream()
                .flatMap(quality -> Stream.iterate(0, i -> i < quality.getValue().size(), i -> i + 1).map(
                        i -> Arguments.of(model, quality.getKey(), SIZES.get(i), quality.getValue().get(i)))));
    }

    @ParameterizedTest
    @MethodSource("published")
    void holdsAtLeastWhatIsPublishedAndAtMostTwiceIt(String model, String quality, String size, BigDecimal price) {
        assertThat(most(model, quality, size, Map.of())).isBetween(price, price.multiply(TWO));
    }

    @Test
    void comparesEveryModelThatHasAPublishedPrice() {
        assertThat(published().map(row -> row.get()[0]).distinct()).containsExactlyInAnyOrder("gpt-image-1",
                "gpt-image-1-mini", "gpt-image-1.5", "gpt-image-2", "gpt-image-2-2026-04-21", "chatgpt-image-latest",
                "dall-e-2");
    }

    /** Output tokens that the provider's calculator gives for gpt-image-2, and that relays measured on the later models. */
    @ParameterizedTest
    @CsvSource({"gpt-image-2, low, 1024x1024, 196", "gpt-image-2, medium, 1024x1024, 1756",
            "gpt-image-2, high, 1024x1024, 7024", "gpt-image-2, high, 1536x1024, 5488",
            "gpt-image-2, high, 1792x1024, 5063", "gpt-image-2, high, 3584x2048, 12329",
            "gpt-image-2.5-flare, high, 1024x1024, 1756", "gpt-image-2.5-flare, max, 1024x1024, 7024",
            "gpt-image-2.6-flare, low, 1536x1024, 664", "gpt-image-2.6-sunburst, high, 1536x1024, 1353",
            "gpt-image-2.6-sunburst, high, 3840x2160, 3337", "gpt-image-2.6-flare, auto, 1024x1024, 5800"})
    void holdsAtLeastWhatWasMeasured(String model, String quality, String size, long tokens) {
        BigDecimal measured = BigDecimal.valueOf(30 * tokens).movePointLeft(6);

        assertThat(most(model, quality, size, Map.of())).isBetween(measured, measured.multiply(TWO));
    }

    static Stream<Arguments> unpublished() {
        return MODELS.all().entrySet().stream().filter(model -> model.getValue().sizes().flexible() != null)
                // models of other providers have no qualities, or are paid by the image
                .filter(model -> model.getValue().outputTokens() != null
                        && model.getValue().outputTokens().qualities().contains("high"))
                .flatMap(model -> Stream.of("1024x1024", "1536x1024", "1024x640", "2880x2880", "3840x1280", "3840x2160")
                        .map(size -> Arguments.of(model.getKey(), size)));
    }

    /** A better quality never has a smaller hold, and none is larger than that of the largest image. */
    @ParameterizedTest
    @MethodSource("unpublished")
    void growsWithTheQualityAtEverySize(String model, String size) {
        ModelEntry entry = MODELS.find(model).orElseThrow();
        List<String> qualities = Stream.of("low", "medium", "high", "xhigh", "max")
                .filter(quality -> entry.outputTokens() != null && entry.outputTokens().qualities().contains(quality))
                .toList();

        List<BigDecimal> holds = qualities.stream().map(quality -> most(model, quality, size, Map.of())).toList();

        assertThat(holds).isSorted().hasSizeGreaterThan(2);
        assertThat(holds.getLast()).isLessThanOrEqualTo(most(model, qualities.getLast(), "2880x2880", Map.of()))
                .isEqualByComparingTo(most(model, "auto", size, Map.of()));
    }

    @Test
    void holdsASheetForAnAnimation() {
        Map<String, String> animation = Map.of("output_format", "gif", "frame_count", "9");

        assertThat(most("gpt-image-2.6-flare", "low", "512x512", animation))
                .isEqualByComparingTo(most("gpt-image-2.6-flare", "low", "1536x1536", Map.of()));
        assertThat(most("gpt-image-2.6-flare", "low", "512x512", Map.of("output_format", "gif", "frame_count", "16")))
                .isEqualByComparingTo(most("gpt-image-2.6-flare", "low", "2048x2048", Map.of()));
        assertThat(most("gpt-image-2.6-flare", "max", "auto", animation))
                .isEqualByComparingTo(most("gpt-image-2.6-flare", "max", "2880x2880", Map.of()));
    }

    @ParameterizedTest
    @CsvSource({"gpt-6-luna, 0.0172032", "gpt-5.5, 1.024"})
    void holdsTheTextModelOfAVectorImage(String author, BigDecimal more) {
        BigDecimal image = most("gpt-image-2.6-flare", "low", "1024x1024", Map.of());

        assertThat(most("gpt-image-2.6-flare", "low", "1024x1024", Map.of("output_format", "svg", "svg.model", author))
                .subtract(image)).isEqualByComparingTo(more);
        assertThat(most("gpt-image-2.6-flare", "low", "1024x1024", Map.of("output_format", "svg")).subtract(image))
                .isEqualByComparingTo("1.024");
    }
}
