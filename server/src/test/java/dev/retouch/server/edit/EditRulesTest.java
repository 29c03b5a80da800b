package dev.retouch.server.edit;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.retouch.server.api.ContractDocument;
import dev.retouch.server.contract.model.ErrorMessage;
import dev.retouch.server.fixture.Failures;
import dev.retouch.server.model.MaskMode;
import dev.retouch.server.model.ModelRegistry;

import static org.assertj.core.api.Assertions.assertThat;

class EditRulesTest {

    private static final String QUALITIES = "'auto', 'low', 'medium', and 'high'";

    private final EditRules rules = new EditRules("gpt-image-2",
            new ContractDocument().parameterDefaults(), UnknownParameterPolicy.REFUSE);

    private EditPlan plan(@Nullable String model, @Nullable String prompt, String... parameters) {
        Map<String, String> map = new LinkedHashMap<>();
        for (int i = 0; i < parameters.length; i += 2) {
            map.put(parameters[i], parameters[i + 1]);
        }
        return rules.plan(new EditRequest(Optional.ofNullable(model), Optional.ofNullable(prompt), List.of(),
                Optional.empty(), map, Map.of()), ModelRegistry.shipped(), MaskMode.HINT);
    }

    @Test
    void acceptsRequestWithPromptOnly() {
        EditPlan plan = plan(null, "a rose");

        assertThat(plan.upstreamModel()).isEqualTo("gpt-image-2");
        assertThat(plan.prompt()).isEqualTo("a rose");
        assertThat(plan.forwarded()).isEmpty();
        assertThat(plan.dropped()).isEmpty();
        assertThat(plan.streamed()).isFalse();
        assertThat(plan.links()).isFalse();
    }

    @Test
    void aModelMustExist() {
        Failures.assertRefused(() -> plan("gpt-image-9", "x"), ErrorMessage.MODEL_DOES_NOT_EXIST, "model",
                "The model `gpt-image-9` does not exist.");
    }

    @ParameterizedTest
    @CsvSource({"gpt-image-1,32000", "gpt-image-1-mini,32000", "gpt-image-1.5,32000", "gpt-image-2,32000",
            "gpt-image-2.5-flare,32000", "gpt-image-2.5-sunburst,32000", "chatgpt-image-latest,32000", "dall-e-2,1000"})
    void promptsAreCountedInCodePoints(String model, int most) {
        assertThat(plan(model, "🌹".repeat(most)).prompt()).hasSize(2 * most);
        Failures.assertRefused(() -> plan(model, "🌹".repeat(most) + "x"), ErrorMessage.STRING_IS_TOO_LONG, "prompt",
                "Invalid 'prompt': string too long. Expected a string with maximum length " + most
                        + ", but got a string with length " + (most + 1) + " instead.");
    }

    @Test
    void aPromptMustBeThere() {
        Failures.assertRefused(() -> plan("gpt-image-1", null), ErrorMessage.PARAMETER_IS_MISSING, "prompt",
                "Missing required parameter: 'prompt'.");
        Failures.assertRefused(() -> plan("gpt-image-1", ""), ErrorMessage.STRING_IS_EMPTY, "prompt",
                "Invalid 'prompt': empty string. Expected a string with minimum length 1, but got an empty string"
                        + " instead.");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            gpt-image-1          | n=1 n=10
            gpt-image-1          | size=auto size=1024x1024 size=1536x1024 size=1024x1536
            gpt-image-1-mini     | size=auto size=1024x1024 size=1536x1024 size=1024x1536
            gpt-image-1.5        | size=auto size=1024x1024 size=1536x1024 size=1024x1536
            gpt-image-2          | size=auto size=1024x1024 size=2048x1152 size=3840x2160 size=800x832
            gpt-image-2.5-flare  | size=auto size=1536x1024 size=1424x480
            chatgpt-image-latest | size=auto size=640x1024
            dall-e-2             | size=256x256 size=512x512 size=1024x1024 n=1 n=10 user=u
            gpt-image-1          | quality=auto quality=low quality=medium quality=high
            gpt-image-2.5-flare  | quality=auto quality=low quality=high quality=xhigh quality=max
            dall-e-2             | quality=auto quality=standard
            gpt-image-1          | background=auto background=transparent background=opaque
            gpt-image-2          | output_format=png output_format=jpeg output_format=webp
            gpt-image-2          | output_compression=100
            gpt-image-1          | input_fidelity=high input_fidelity=low
            gpt-image-1.5        | input_fidelity=high input_fidelity=low
            gpt-image-1          | moderation=auto moderation=low
            gpt-image-1          | partial_images=0 partial_images=3
            gpt-image-1          | stream=true stream=false
            gpt-image-1          | user=user-1234
            """)
    void forwardsSupportedParametersUnchanged(String model, String given) {
        for (String one : given.split(" ", -1)) {
            String name = one.substring(0, one.indexOf('='));
            String value = one.substring(one.indexOf('=') + 1);
            EditPlan plan = plan(model, "x", name, value);
            assertThat(plan.forwarded()).as(one).containsExactly(Map.entry(name, value));
            assertThat(plan.dropped()).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            gpt-image-1         | size=512x512      | '512x512'   | 'auto', '1024x1024', '1536x1024', and '1024x1536'
            gpt-image-1.5       | size=2048x2048    | '2048x2048' | 'auto', '1024x1024', '1536x1024', and '1024x1536'
            dall-e-2            | size=auto         | 'auto'      | '256x256', '512x512', and '1024x1024'
            dall-e-2            | size=300x300      | '300x300'   | '256x256', '512x512', and '1024x1024'
            gpt-image-1         | quality=best      | 'best'      | 'auto', 'low', 'medium', and 'high'
            gpt-image-1         | quality=standard  | 'standard'  | 'auto', 'low', 'medium', and 'high'
            gpt-image-2         | quality=max       | 'max'       | 'auto', 'low', 'medium', and 'high'
            gpt-image-2         | quality=HIGH      | 'HIGH'      | 'auto', 'low', 'medium', and 'high'
            gpt-image-2.5-flare | quality=hd        | 'hd'        | 'auto', 'low', 'medium', 'high', 'xhigh', and 'max'
            dall-e-2            | quality=hd        | 'hd'        | 'auto' and 'standard'
            gpt-image-1         | background=red    | 'red'       | 'auto', 'transparent', and 'opaque'
            gpt-image-1         | output_format=gif | 'gif'       | 'png', 'jpeg', and 'webp'
            gpt-image-1         | output_format=jpg | 'jpg'       | 'png', 'jpeg', and 'webp'
            gpt-image-1         | input_fidelity=max | 'max'      | 'high' and 'low'
            gpt-image-2         | input_fidelity=max | 'max'      | 'high' and 'low'
            gpt-image-1         | moderation=high   | 'high'      | 'auto' and 'low'
            gpt-image-1         | response_format=x | 'x'         | 'url' and 'b64_json'
            dall-e-2            | response_format=x | 'x'         | 'url' and 'b64_json'
            gpt-image-1         | stream=yes        | 'yes'       | 'true' and 'false'
            """)
    void anyOtherValueIsRefusedWithTheSupportedOnes(String model, String given, String value, String supported) {
        String name = given.substring(0, given.indexOf('='));
        Failures.assertRefused(() -> plan(model, "x", name, given.substring(given.indexOf('=') + 1)),
                ErrorMessage.VALUE_IS_NOT_SUPPORTED, name,
                "Invalid value: " + value + ". Supported values are: " + supported + ".");
    }

    @Test
    void unlistedSizeIsRefusedWithTheViolatedRule() {
        Failures.assertRefused(() -> plan("gpt-image-2", "x", "size", "1000x1000"), ErrorMessage.SIZE_IS_NOT_SUPPORTED,
                "size",
                "Invalid size '1000x1000'. Width and height must be multiples of 16.");
        Failures.assertRefused(() -> plan("gpt-image-2.5-sunburst", "x", "size", "huge"),
                ErrorMessage.SIZE_IS_NOT_SUPPORTED,
                "size", "Invalid size 'huge'. Expected WIDTHxHEIGHT in pixels, or one of 'auto', '1024x1024',"
                        + " '1536x1024', and '1024x1536'.");
    }

    @ParameterizedTest
    @CsvSource({"n,0,below,minimum,1", "n,-3,below,minimum,1", "n,11,above,maximum,10",
            "partial_images,-1,below,minimum,0",
            "partial_images,4,above,maximum,3", "output_compression,-1,below,minimum,0",
            "output_compression,101,above,maximum,100", "n,2147483648,above,maximum,10"})
    void integersHaveBounds(String name, String value, String side, String bound, String limit) {
        Failures.assertRefused(() -> plan("gpt-image-1", "x", name, value), side.equals("below")
                ? ErrorMessage.INTEGER_IS_BELOW_MINIMUM
                : ErrorMessage.INTEGER_IS_ABOVE_MAXIMUM, name,
                "Invalid '" + name + "': integer " + side + " " + bound + " value. Expected a value "
                        + (side.equals("below") ? ">= " : "<= ") + limit + ", but got " + value + " instead.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"two", "1.0", "1e1", "0x1", "1 1", "٣x"})
    void refusesNonInteger(String value) {
        Failures.assertRefused(() -> plan("gpt-image-1", "x", "n", value), ErrorMessage.TYPE_IS_WRONG, "n",
                "Invalid type for 'n': expected an integer, but got '" + value + "' instead.");
    }

    @Test
    void aLongMistakeIsNotRepeatedWhole() {
        assertThat(Failures.text(Failures.of(() -> plan("gpt-image-1", "x", "n", "a".repeat(5000)))))
                .hasSizeLessThan(200);
    }

    @ParameterizedTest
    @CsvSource({"1,true", "True,true", "TRUE,true", "0,false", "False,false"})
    void booleansAreWrittenInManyWays(String given, String meant) {
        assertThat(plan("gpt-image-1", "x", "stream", given).forwarded()).containsEntry("stream", meant);
    }

    @Test
    void blanksAroundAnIntegerDoNotMatter() {
        assertThat(plan("gpt-image-1", "x", "n", " 2 ").forwarded()).containsEntry("n", "2");
    }

    @ParameterizedTest
    @ValueSource(strings = {"background=opaque", "background=transparent", "output_format=webp",
            "output_compression=50",
            "input_fidelity=high", "moderation=low", "stream=true", "partial_images=2"})
    void dallE2DoesNotKnowTheParametersOfOthers(String given) {
        String name = given.substring(0, given.indexOf('='));
        Failures.assertRefused(() -> plan("dall-e-2", "x", name, given.substring(given.indexOf('=') + 1)),
                ErrorMessage.PARAMETER_IS_NOT_FOR_MODEL, name,
                "The model 'dall-e-2' does not support the parameter '" + name + "'.");
    }

    /** Forms in a browser send every default along; asking for nothing special is not asking. */
    @ParameterizedTest
    @ValueSource(strings = {"background=auto", "output_format=png", "output_compression=100", "moderation=auto",
            "stream=false", "stream=False", "stream=0", "partial_images=0"})
    void aDocumentedDefaultAsksForNothing(String given) {
        EditPlan plan = plan("dall-e-2", "x", given.substring(0, given.indexOf('=')),
                given.substring(given.indexOf('=') + 1));
        assertThat(plan.forwarded()).isEmpty();
        assertThat(plan.dropped()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"gpt-image-1-mini", "gpt-image-2", "gpt-image-2.5-flare", "chatgpt-image-latest"})
    void inputFidelityIsDroppedAndSaidSo(String model) {
        EditPlan plan = plan(model, "x", "input_fidelity", "high", "n", "2");
        assertThat(plan.forwarded()).containsOnlyKeys("n");
        assertThat(plan.dropped()).containsExactly("input_fidelity");
    }

    @ParameterizedTest
    @CsvSource(nullValues = "-", value = {"gpt-image-1,-,false", "gpt-image-1,url,true", "gpt-image-1,b64_json,false",
            "gpt-image-2,url,true", "dall-e-2,-,true", "dall-e-2,url,true", "dall-e-2,b64_json,false"})
    void responseFormatIsServedAndNeverForwarded(String model, @Nullable String format, boolean links) {
        EditPlan plan = format == null ? plan(model, "x") : plan(model, "x", "response_format", format);
        assertThat(plan.links()).isEqualTo(links);
        assertThat(plan.forwarded()).isEmpty();
        assertThat(plan.dropped()).isEmpty();
    }

    @Test
    void eventsAlwaysCarryTheImage() {
        EditPlan plan = plan("gpt-image-1", "x", "stream", "true", "response_format", "url");
        assertThat(plan.streamed()).isTrue();
        assertThat(plan.dropped()).containsExactly("response_format");
        assertThat(plan("gpt-image-1", "x", "stream", "true", "response_format", "b64_json").dropped()).isEmpty();
    }

    @Test
    void transparencyNeedsAFormatThatHasIt() {
        for (String format : Arrays.asList("png", "webp")) {
            assertThat(plan("gpt-image-1", "x", "background", "transparent", "output_format", format).forwarded())
                    .hasSize(2);
        }
        Failures.assertRefused(() -> plan("gpt-image-1", "x", "background", "transparent", "output_format", "jpeg"),
                ErrorMessage.TRANSPARENCY_NEEDS_ALPHA, "background",
                "Transparent background is not supported for jpeg output. Use png or webp.");
    }

    @Test
    void compressionNeedsAFormatThatHasIt() {
        for (String format : Arrays.asList("jpeg", "webp")) {
            assertThat(plan("gpt-image-1", "x", "output_compression", "50", "output_format", format).forwarded())
                    .hasSize(2);
        }
        String told = "Invalid 'output_compression': png output has no compression below 100. Leave it out, or use"
                + " jpeg or webp.";
        Failures.assertRefused(() -> plan("gpt-image-1", "x", "output_compression", "99"),
                ErrorMessage.COMPRESSION_NEEDS_LOSSY_FORMAT, "output_compression", told);
        Failures.assertRefused(() -> plan("gpt-image-1", "x", "output_compression", "0", "output_format", "png"),
                ErrorMessage.COMPRESSION_NEEDS_LOSSY_FORMAT, "output_compression", told);
    }

    /** What the caller wrote is text to us, braces and all. */
    @Test
    void aValueWithBracesIsRepeatedAsItIs() {
        Failures.assertRefused(() -> plan("gpt-image-1", "x", "quality", "{supported}$1\\"),
                ErrorMessage.VALUE_IS_NOT_SUPPORTED,
                "quality", "Invalid value: '{supported}$1\\'. Supported values are: " + QUALITIES + ".");
    }

    @Test
    void unknownParametersAreTreatedAsTheOperatorWants() {
        EditRequest request = new EditRequest(Optional.empty(), Optional.of("x"), List.of(), Optional.empty(),
                Map.of("n", "2"), Map.of("style", "vivid"));
        Failures.assertRefused(() -> rules.plan(request, ModelRegistry.shipped(), MaskMode.HINT),
                ErrorMessage.PARAMETER_IS_UNKNOWN,
                "style",
                "Unknown parameter: 'style'.");
        EditPlan ignored = with(UnknownParameterPolicy.IGNORE).plan(request, ModelRegistry.shipped(), MaskMode.HINT);
        assertThat(ignored.forwarded()).containsOnlyKeys("n");
        assertThat(ignored.dropped()).containsExactly("style");
        EditPlan forwarded = with(UnknownParameterPolicy.FORWARD).plan(request, ModelRegistry.shipped(), MaskMode.HINT);
        assertThat(forwarded.forwarded()).containsOnly(Map.entry("n", "2"), Map.entry("style", "vivid"));
        assertThat(forwarded.dropped()).isEmpty();
    }

    private static EditRules with(UnknownParameterPolicy unknown) {
        return new EditRules("gpt-image-2", Map.of(), unknown);
    }

    @Test
    void theOrderOfParametersIsKept() {
        assertThat(
                plan("gpt-image-1", "x", "user", "u", "n", "1", "size", "auto", "quality", "low").forwarded().keySet())
                .containsExactly("user", "n", "size", "quality");
    }
}
