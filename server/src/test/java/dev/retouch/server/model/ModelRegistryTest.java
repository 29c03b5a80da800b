package dev.retouch.server.model;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.retouch.server.model.ModelEntry.Handling;
import dev.retouch.server.model.ModelEntry.ParameterRule;
import dev.retouch.server.settings.ConfigurationException;
import dev.retouch.server.settings.SettingsFile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

class ModelRegistryTest {

    private static final ModelRegistry SHIPPED = ModelRegistry.shipped();

    private static ModelEntry shipped(String model) {
        return SHIPPED.find(model).orElseThrow(() -> new AssertionError("there is no " + model));
    }

    private static List<String> values(ModelEntry entry, String parameter) {
        return Objects.requireNonNull(rule(entry, parameter).values());
    }

    private static ParameterRule rule(ModelEntry entry, String parameter) {
        ParameterRule rule = entry.parameters().get(parameter);
        if (rule == null) {
            throw new AssertionError("there is no " + parameter);
        }
        return rule;
    }

    @Test
    void theModelsInUseAreThere() {
        assertThat(SHIPPED.all().keySet()).contains("dall-e-2", "gpt-image-1", "gpt-image-1-mini", "gpt-image-1.5",
                "gpt-image-2", "gpt-image-2-2026-04-21", "gpt-image-2.5-sunburst", "gpt-image-2.5-sunburst-2026-09-08",
                "gpt-image-2.5-flare", "gpt-image-2.5-flare-2026-09-08", "gpt-image-2.6-sunburst",
                "gpt-image-2.6-flare",
                "chatgpt-image-latest");
        assertThat(SHIPPED.find("gpt-image-9")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"gpt-image-1", "gpt-image-1-mini", "gpt-image-1.5", "gpt-image-2", "gpt-image-2-2026-04-21",
            "gpt-image-2.5-sunburst", "gpt-image-2.5-sunburst-2026-09-08", "gpt-image-2.5-flare",
            "gpt-image-2.5-flare-2026-09-08", "gpt-image-2.6-sunburst", "gpt-image-2.6-flare", "chatgpt-image-latest"})
    void gptImageModelsHaveTheDocumentedLimits(String model) {
        ModelEntry entry = shipped(model);

        assertThat(entry.images().max()).isEqualTo(16);
        assertThat(entry.images().bytes()).isEqualTo(50L * 1024 * 1024);
        assertThat(entry.images().formats()).containsExactlyInAnyOrder("png", "jpeg", "webp");
        assertThat(entry.images().square()).isFalse();
        assertThat(entry.maskBytes()).isEqualTo(4L * 1024 * 1024);
        assertThat(entry.prompt()).isEqualTo(32_000);
        assertThat(entry.askBase64()).isFalse();
        assertThat(entry.sizes().defaultSize()).isEqualTo("auto");
        assertThat(entry.sizes().values()).containsExactly("auto", "1024x1024", "1536x1024", "1024x1536");
        assertThat(values(entry, "background")).contains("auto", "opaque");
        assertThat(values(entry, "output_format")).contains("png", "jpeg", "webp");
        assertThat(values(entry, "moderation")).containsExactlyInAnyOrder("auto", "low");
        assertThat(values(entry, "response_format")).containsExactlyInAnyOrder("url", "b64_json");
        assertThat(rule(entry, "response_format").handlingOrForward()).isEqualTo(Handling.SERVE);
        assertThat(rule(entry, "response_format").defaultValue()).isEqualTo("b64_json");
        range(rule(entry, "n"), 1, 10, "1");
        range(rule(entry, "partial_images"), 0, 3, "0");
        range(rule(entry, "output_compression"), 0, 100, "100");
        assertThat(entry.parameters()).containsKeys("user", "stream");
    }

    private static void range(ParameterRule rule, int minimum, int maximum, String defaultValue) {
        assertThat(rule.minimum()).isEqualTo(minimum);
        assertThat(rule.maximum()).isEqualTo(maximum);
        assertThat(rule.defaultValue()).isEqualTo(defaultValue);
    }

    @Test
    void dallE2HasLimitsOfItsOwn() {
        ModelEntry entry = shipped("dall-e-2");

        assertThat(entry.images().max()).isEqualTo(1);
        assertThat(entry.images().bytes()).isEqualTo(4L * 1024 * 1024);
        assertThat(entry.images().formats()).containsExactly("png");
        assertThat(entry.images().square()).isTrue();
        assertThat(entry.prompt()).isEqualTo(1000);
        assertThat(entry.askBase64()).isTrue();
        assertThat(entry.sizes().listed()).isTrue();
        assertThat(entry.sizes().values()).containsExactly("256x256", "512x512", "1024x1024");
        assertThat(entry.sizes().defaultSize()).isEqualTo("1024x1024");
        assertThat(values(entry, "quality")).contains("auto", "standard");
        assertThat(rule(entry, "response_format").defaultValue()).isEqualTo("url");
        assertThat(entry.parameters()).doesNotContainKeys("background", "output_format", "output_compression",
                "input_fidelity", "moderation", "stream", "partial_images");
    }

    @ParameterizedTest
    @CsvSource({"gpt-image-1,FORWARD", "gpt-image-1.5,FORWARD", "gpt-image-1-mini,DROP", "gpt-image-2,DROP",
            "gpt-image-2.5-flare,DROP", "gpt-image-2.5-sunburst,DROP", "chatgpt-image-latest,DROP"})
    void inputFidelityGoesOnlyWhereItIsKnown(String model, Handling handling) {
        assertThat(rule(shipped(model), "input_fidelity").handlingOrForward()).isEqualTo(handling);
    }

    @ParameterizedTest
    @CsvSource({"gpt-image-1,false", "gpt-image-1-mini,false", "gpt-image-1.5,false", "gpt-image-2,true",
            "gpt-image-2-2026-04-21,true", "gpt-image-2.5-flare,true", "gpt-image-2.5-sunburst,true"})
    void freeSizesCameWithTheSecond(String model, boolean free) {
        SizeRule.Flexible bounds = shipped(model).sizes().flexible();
        if (free) {
            assertThat(bounds).isEqualTo(new SizeRule.Flexible(16, 3840, 3, 655_360, 8_294_400));
        } else {
            assertThat(bounds).isNull();
        }
    }

    @ParameterizedTest
    @CsvSource(nullValues = "-", value = {"dall-e-2,2026-05-12", "gpt-image-1,2026-10-23", "gpt-image-1.5,2026-12-01",
            "gpt-image-1-mini,2026-12-01", "gpt-image-2,-", "gpt-image-2.5-flare,-", "gpt-image-2.6-flare,-",
            "chatgpt-image-latest,2026-12-01"})
    void retirementsAreKnown(String model, @Nullable LocalDate sunset) {
        assertThat(shipped(model).sunset()).isEqualTo(sunset);
    }

    @ParameterizedTest
    @CsvSource({"gpt-image-2.5-flare,true", "gpt-image-2.5-sunburst-2026-09-08,true", "gpt-image-2,false"})
    void highestQualitiesCameLast(String model, boolean known) {
        assertThat(values(shipped(model), "quality").contains("max")).isEqualTo(known);
        assertThat(values(shipped(model), "quality").contains("xhigh")).isEqualTo(known);
        assertThat(values(shipped(model), "quality")).contains("auto", "low", "medium", "high").doesNotContain("hd");
    }

    @ParameterizedTest
    @CsvSource({"gpt-image-1,true", "gpt-image-1-mini,true", "gpt-image-1.5,true", "gpt-image-2,false",
            "gpt-image-2-2026-04-21,false", "chatgpt-image-latest,false", "gpt-image-2.5-flare,true",
            "gpt-image-2.6-sunburst,true"})
    void theSecondTakesNoTransparentBackground(String model, boolean takes) {
        assertThat(values(shipped(model), "background").contains("transparent")).isEqualTo(takes);
    }

    @ParameterizedTest
    @CsvSource({"gpt-image-2,false,false", "gpt-image-2.5-flare,true,false", "gpt-image-2.6-flare,true,true",
            "gpt-image-2.6-sunburst,true,true"})
    void markupCameBeforeAnimationsAndVectorImages(String model, boolean markup, boolean formats) {
        ModelEntry entry = shipped(model);

        assertThat(entry.markupBytes() != null).isEqualTo(markup);
        assertThat(values(entry, "output_format").contains("gif")).isEqualTo(formats);
        assertThat(values(entry, "output_format").contains("svg")).isEqualTo(formats);
        assertThat(entry.animation() != null).isEqualTo(formats);
        assertThat(entry.parameters().containsKey("complexity")).isEqualTo(formats);
        if (formats) {
            assertThat(values(entry, "complexity")).containsExactly("low", "medium", "high");
            assertThat(rule(entry, "complexity").defaultValue()).isEqualTo("high");
            range(rule(entry, "frame_count"), 2, 16, "9");
            range(rule(entry, "frame_duration_ms"), 20, 655_350, "200");
        }
    }

    @ParameterizedTest
    @CsvSource({"9,3,3", "2,3,3", "10,4,3", "12,4,3", "13,4,4", "16,4,4"})
    void framesLieOnTheSmallestSheetThatHoldsThem(int frames, int columns, int rows) {
        AnimationRule animation = Objects.requireNonNull(shipped("gpt-image-2.6-flare").animation());

        assertThat(animation.sheet(frames).of(new PixelSize(100, 10))).isEqualTo(new PixelSize(100 * columns,
                10 * rows));
    }

    private static final String WHOLE = """
            mine:
              released: 2026-01-01
              owned-by: us
              images: {max: 2, bytes: 1000, formats: [png], pixels: 1000000, square: false, own-alpha-is-mask: false}
              mask-bytes: 500
              prompt: 100
              prices: {currency: USD, version: v1, per-million-tokens: {}, per-image: {1024x1024: '1'}}
              ask-base64: false
              sizes: {values: [auto], default: auto}
              parameters:
                n: {minimum: 1, maximum: 2, default: 1}
            """;

    private static ModelRegistry read(String yaml) {
        return ModelRegistry.read(List.of(SettingsFile.read("own.yaml", yaml.getBytes(StandardCharsets.UTF_8))));
    }

    @Test
    void pricesPerTokenNeedFiguresOfTokens() {
        assertThatThrownBy(() -> read(WHOLE.replace("per-million-tokens: {}, per-image: {1024x1024: '1'}",
                "per-million-tokens: {text-input: '5'}, per-image: {}")))
                .hasMessage("own.yaml:1: the model 'mine': prices per token need output-tokens");
    }

    @Test
    void anEntryLikeAnotherTakesEverythingButWhatItChanges() {
        ModelRegistry registry = read(WHOLE + """
                yours:
                  like: mine
                  prompt: 7
                  parameters:
                    n: {maximum: 5}
                """);
        ModelEntry yours = registry.find("yours").orElseThrow();

        assertThat(yours.prompt()).isEqualTo(7);
        assertThat(yours.ownedBy()).isEqualTo("us");
        range(rule(yours, "n"), 1, 5, "1");
        range(rule(registry.find("mine").orElseThrow(), "n"), 1, 2, "1");
        assertThat(registry.all().keySet()).containsExactly("mine", "yours");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            prompt: 100          | prompt: many         | own.yaml:6:
            prompt: 100          | promt: 100           | own.yaml:1:
            mask-bytes: 500      | mask-bytes: 0        | own.yaml:1:
            released: 2026-01-01 | released: yesterday  | own.yaml:2:
            formats: [png]       | formats: [gif]       | own.yaml:4:
            max: 2,              | max: 0,              | own.yaml:4:
            maximum: 2,          | maximum: 0,          | own.yaml:11:
            ask-base64: false    | ask-base64: perhaps  | own.yaml:8:
            owned-by: us         | like: nobody         | own.yaml:1:
            per-million-tokens: {}, per-image: {1024x1024: '1'} | per-million-tokens: {image-ouput: '1'}, per-image: {} | own.yaml:7:
            n: {minimum: 1, maximum: 2, default: 1} | output_format: {values: [gif]} | own.yaml:1:
            """)
    void mistakeIsReportedWithItsPlace(String right, String wrong, String place) {
        String message = catchThrowableOfType(ConfigurationException.class, () -> read(WHOLE.replace(right, wrong)))
                .getMessage();

        assertThat(message).startsWith(place).hasSizeGreaterThan(place.length() + 10).doesNotContain("dev.retouch",
                "\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"released: 2026-01-01", "owned-by: us", "mask-bytes: 500", "prompt: 100",
            "ask-base64: false", "sizes: {values: [auto], default: auto}"})
    void missingKeyIsReported(String line) {
        String key = line.substring(0, line.indexOf(':'));
        String message = catchThrowableOfType(ConfigurationException.class,
                () -> read(WHOLE.replace("  " + line + "\n", ""))).getMessage();

        assertThat(message).startsWith("own.yaml:1: the model 'mine'").contains("'" + key + "'").contains("missing");
    }

    @Test
    void misspeltKeyIsReportedWithTheNearestName() {
        assertThat(catchThrowableOfType(ConfigurationException.class,
                () -> read(WHOLE.replace("  prompt: 100", "  mask-byte: 5\n  prompt: 100"))).getMessage())
                .isEqualTo("own.yaml:6: the model 'mine': 'mask-byte': there is no 'mask-byte'."
                        + " Did you mean 'mask-bytes'?");
    }

    @Test
    void theSameKeyTwiceIsAMistake() {
        assertThat(catchThrowableOfType(ConfigurationException.class, () -> read(WHOLE + "mine: {}\n")).getMessage())
                .startsWith("own.yaml:12:").contains("mine");
    }

    @Test
    void operatorsModelsExtendAndOverrideShippedModels(@TempDir Path folder) throws IOException {
        Path own = folder.resolve("models.yaml");
        Files.writeString(own, """
                house-model: {like: gpt-image-2, upstream-name: gpt-image-2, prompt: 500}
                gpt-image-2: {prompt: 1000}
                dall-e-2: {alias: gpt-image-2}
                """);
        ModelRegistry registry = ModelRegistry.shippedAnd(own);

        assertThat(registry.find("house-model").orElseThrow().prompt()).isEqualTo(500);
        assertThat(registry.find("gpt-image-2").orElseThrow().prompt()).isEqualTo(1000);
        assertThat(registry.find("gpt-image-2").orElseThrow().images().max()).isEqualTo(16);
        assertThat(registry.idOf("dall-e-2")).isEqualTo("gpt-image-2");
        assertThat(registry.find("dall-e-2").orElseThrow().sunset()).isEqualTo(LocalDate.parse("2026-05-12"));
        assertThat(registry.all()).doesNotContainKey("dall-e-2").containsKey("house-model");
        assertThat(ModelRegistry.shipped().find("gpt-image-2").map(ModelEntry::prompt)).hasValue(32_000);
    }

    @Test
    void anAliasOfNothingIsAMistake() {
        assertThat(catchThrowableOfType(ConfigurationException.class, () -> read(WHOLE + "old: {alias: min}\n"))
                .getMessage()).isEqualTo("own.yaml:12: 'old' is an alias of 'min', which is not defined before it."
                        + " Did you mean 'mine'?");
    }

    @Test
    void anEmptyFileHasNoModels() {
        assertThat(read("").all()).isEqualTo(Map.of());
    }
}
